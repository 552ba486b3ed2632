#include "trainer/loop/blocks.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "distributed/device.h"

namespace convoy {
namespace {

/// The next batch, for one thread; nothing after the last.
using NextBatch = std::function<std::optional<DeviceBatch>()>;

int blocks_at_once(int threads, c10::Device device) {
  return device.is_cuda() ? 1 : threads;
}

/// Threads that each take batches until there are none.
class BlockTeam {
 public:
  BlockTeam(int threads, c10::Device device, const UseBatch& use)
      : threads_(blocks_at_once(threads, device)), device_(device), use_(use) {}

  /// `make_next` is called once by each thread.
  void run(const std::function<NextBatch()>& make_next) {
    const int threads_before = at::get_num_threads();
    if (threads_ <= 1) {
      work(make_next());
    } else {
      run_threads(make_next);
    }
    at::set_num_threads(threads_before);
  }

 private:
  void run_threads(const std::function<NextBatch()>& make_next) {
    std::vector<std::thread> team;
    for (int t = 0; t < threads_; ++t) {
      team.emplace_back([&] {
        try {
          work(make_next());
        } catch (...) {
          const std::lock_guard lock(mutex_);
          if (!failure_) {
            failure_ = std::current_exception();
          }
        }
      });
    }
    for (std::thread& member : team) {
      member.join();
    }
    if (failure_) {
      std::rethrow_exception(failure_);
    }
  }

  void work(const NextBatch& next) {
    const c10::NoGradGuard guard;
    // Bits must not depend on how many threads share an operation.
    if (device_.is_cpu()) {
      at::set_num_threads(1);
    }
    const auto locked = [&] {
      const std::lock_guard lock(mutex_);
      return next();
    };
    while (const auto batch = locked()) {
      use_(*batch);
    }
  }

  int threads_;
  c10::Device device_;
  const UseBatch& use_;
  std::mutex mutex_;
  std::exception_ptr failure_;
};

LoaderOptions block_loader_options(
    const BlockInput& input, c10::Device device, std::uint64_t blocks) {
  LoaderOptions options;
  options.workers = input.workers;
  options.ring_batches =
      static_cast<std::size_t>(blocks_at_once(input.threads, device)) + 2;
  options.batch_capacity = static_cast<std::size_t>(input.block);
  options.sample_values = static_cast<std::size_t>(input.shape.values());
  options.end_batch = blocks;
  options.bad_samples = input.bad_samples;
  options.allocate = slot_memory(device);
  options.on_thread_start = [device](int) { set_device(device); };
  return options;
}

}  // namespace

std::vector<BadSample> for_each_block(
    const BlockInput& input,
    c10::Device device,
    const BatchSource& source,
    std::uint64_t blocks,
    const UseBatch& use) {
  Loader loader(
      {input.dataset, input.make_transform, source},
      block_loader_options(input, device, blocks));
  BlockTeam(input.threads, device, use).run([&]() -> NextBatch {
    // Of each thread its own: a batch lives until the feed's next one.
    return [feed = std::make_shared<Feed>(loader, input.shape, device)] {
      return feed->next();
    };
  });
  return loader.bad_samples();
}

void for_each_batch(
    const std::vector<DeviceBatch>& batches,
    int threads,
    c10::Device device,
    const UseBatch& use) {
  std::size_t taken = 0;  // under the team's lock
  BlockTeam(threads, device, use).run([&]() -> NextBatch {
    return [&]() -> std::optional<DeviceBatch> {
      return taken < batches.size() ? std::optional(batches[taken++])
                                    : std::nullopt;
    };
  });
}

}  // namespace convoy
