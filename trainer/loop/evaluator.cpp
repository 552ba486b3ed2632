#include "trainer/loop/evaluator.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

#include "trainer/errors.h"
#include "trainer/health/memory.h"
#include "trainer/health/memory_error.h"
#include "trainer/loop/bad_samples.h"

namespace convoy {
namespace {

/// What is known of each sample of the dataset; entries of other ranks are
/// zero, so that summing over ranks puts the parts together without rounding.
struct PerSample {
  explicit PerSample(std::uint64_t samples)
      : loss(samples, 0), rank(samples, 0), seen(samples, 0) {}

  std::vector<double> loss;
  std::vector<std::int64_t> rank;  ///< of the true class among the scores
  std::vector<std::int64_t> seen;
};

class BlockRunner {
 public:
  BlockRunner(
      const Model& model,
      Precision precision,
      const EvaluationInput& input,
      const std::function<void(std::int64_t)>& progress)
      : model_(model),
        precision_(precision),
        input_(input),
        progress_(progress) {}

  void run(const EvaluationBlocks& blocks, PerSample& results) {
    Loader loader(
        {input_.dataset, input_.make_transform, evaluation_source(blocks)},
        loader_options(blocks));
    const int threads = threads_at_once();
    const int threads_before = at::get_num_threads();
    if (threads <= 1) {
      work(loader, results);
    } else {
      run_threads(threads, loader, results);
    }
    at::set_num_threads(threads_before);
    bad_ = loader.bad_samples();
  }

  std::vector<BadSample> take_bad() { return std::move(bad_); }

 private:
  int threads_at_once() const {
    return model_.device().is_cuda() ? 1 : input_.threads;
  }

  LoaderOptions loader_options(const EvaluationBlocks& blocks) const {
    LoaderOptions options;
    options.workers = input_.workers;
    options.ring_batches = static_cast<std::size_t>(threads_at_once()) + 2;
    options.batch_capacity = static_cast<std::size_t>(input_.block);
    options.sample_values = static_cast<std::size_t>(input_.shape.values());
    options.end_batch = blocks.blocks_of_rank();
    options.bad_samples = input_.bad_samples;
    options.allocate = slot_memory(model_.device());
    const c10::Device device = model_.device();
    options.on_thread_start = [device](int) { set_device(device); };
    return options;
  }

  /// Several blocks at once, one thread each.
  void run_threads(int threads, Loader& loader, PerSample& results) {
    std::vector<std::thread> team;
    for (int t = 0; t < threads; ++t) {
      team.emplace_back([&] {
        try {
          work(loader, results);
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

  void work(Loader& loader, PerSample& results) {
    const c10::NoGradGuard guard;
    // Bits must not depend on how many threads share an operation.
    if (model_.device().is_cpu()) {
      at::set_num_threads(1);
    }
    Feed feed(loader, input_.shape, model_.device());
    while (const auto batch = next(feed)) {
      record(*batch, results);
    }
  }

  std::optional<DeviceBatch> next(Feed& feed) {
    const std::lock_guard lock(mutex_);
    return feed.next();
  }

  void record(const DeviceBatch& batch, PerSample& results) {
    at::Tensor logits;
    {
      const AutocastScope autocast(precision_, model_.device());
      logits = model_.net().forward(batch.images, Pass{});
    }
    const at::Tensor labels = batch.labels.clamp_min(0);
    const at::Tensor losses =
        sample_losses(logits, labels, 0).to(at::kCPU, at::kDouble);
    const at::Tensor ranks = label_ranks(logits, labels).to(at::kCPU);
    const at::Tensor ids = batch.samples.to(at::kCPU);
    const at::Tensor known = batch.labels.to(at::kCPU);
    for (std::int64_t i = 0; i < batch.size(); ++i) {
      if (known.const_data_ptr<std::int64_t>()[i] == kNoLabel) {
        continue;
      }
      const auto id = ids.const_data_ptr<std::int64_t>()[i];
      results.loss[id] = losses.const_data_ptr<double>()[i];
      results.rank[id] = ranks.const_data_ptr<std::int64_t>()[i];
      results.seen[id] = 1;
    }
    const std::lock_guard lock(mutex_);
    done_ += batch.size();
    if (progress_) {
      progress_(done_);
    }
  }

  const Model& model_;
  Precision precision_;
  const EvaluationInput& input_;
  const std::function<void(std::int64_t)>& progress_;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::int64_t done_ = 0;
  std::vector<BadSample> bad_;
};

std::string memory_advice(
    std::exception_ptr error, const EvaluationInput& input) {
  return fmt::format(
      "out of memory: evaluation computes {} blocks of {} samples of {} x {} "
      "at "
      "once ({}; this process holds {:.0f} MB, the machine has {:.0f} MB left "
      "for it); set eval.block={}{}",
      input.threads,
      input.block,
      input.shape.width,
      input.shape.height,
      refused_allocation(error),
      static_cast<double>(resident_memory()) / 1e6,
      static_cast<double>(available_memory()) / 1e6,
      std::max(1, input.block / 2),
      input.threads > 1 ? ", or OMP_NUM_THREADS=1" : "");
}

Sums add_up(const PerSample& results) {
  Sums sums;
  for (std::size_t i = 0; i < results.seen.size(); ++i) {
    if (results.seen[i] != 0) {
      sums.loss += results.loss[i];
      sums.top1 += results.rank[i] < 1 ? 1 : 0;
      sums.top5 += results.rank[i] < 5 ? 1 : 0;
      sums.samples += 1;
    }
  }
  return sums;
}

}  // namespace

Evaluation evaluate(
    const Model& model,
    Precision precision,
    const EvaluationInput& input,
    World& world,
    const std::function<void(std::int64_t)>& progress) {
  const EvaluationBlocks blocks{
      input.dataset.size(),
      static_cast<std::uint64_t>(input.block),
      static_cast<std::uint64_t>(world.size()),
      static_cast<std::uint64_t>(world.rank())};
  PerSample results(input.dataset.size());
  BlockRunner runner(model, precision, input, progress);
  try {
    runner.run(blocks, results);
  } catch (...) {
    const auto error = std::current_exception();
    if (is_out_of_memory(error)) {
      throw OutOfMemory(memory_advice(error, input));
    }
    throw;
  }
  world.control().all_reduce(std::span(results.loss));
  world.control().all_reduce(std::span(results.rank));
  world.control().all_reduce(std::span(results.seen));
  return {add_up(results), reasons_of_all(world.control(), runner.take_bad())};
}

}  // namespace convoy
