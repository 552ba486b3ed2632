#pragma once
// Work done by several threads, its results taken in order: the outcome does
// not depend on how many threads there are.

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace convoy {

/// As many threads as this process may use, unless `wanted` says how many.
inline int worker_count(int wanted) {
  return wanted > 0
             ? wanted
             : std::max(
                   1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Numbers 0 to count - 1 on their way through the workers. At most `window`
/// results wait to be taken, which bounds the memory.
template <typename Result>
class OrderedQueue {
 public:
  OrderedQueue(std::size_t count, std::size_t window)
      : count_(count), slots_(window) {}

  /// The next number to work on; nothing when all are given out or work was
  /// stopped.
  std::optional<std::size_t> claim() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] {
      return stopped_ || next_ == count_ || next_ < taken_ + slots_.size();
    });
    if (stopped_ || next_ == count_) {
      return std::nullopt;
    }
    return next_++;
  }

  void put(
      std::size_t index,
      std::optional<Result> result,
      std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[index % slots_.size()];
    slot.result = std::move(result);
    slot.error = error;
    slot.full = true;
    ready_.notify_one();
  }

  /// The result of the next number in order; throws what its worker threw.
  Result take() {
    std::unique_lock lock(mutex_);
    Slot& slot = slots_[taken_ % slots_.size()];
    ready_.wait(lock, [&] { return slot.full; });
    Slot content = std::exchange(slot, Slot{});
    ++taken_;
    room_.notify_one();
    if (content.error) {
      std::rethrow_exception(content.error);
    }
    return std::move(*content.result);
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    room_.notify_all();
  }

 private:
  struct Slot {
    std::optional<Result> result;
    std::exception_ptr error;
    bool full = false;
  };

  const std::size_t count_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable ready_;
  std::vector<Slot> slots_;
  std::size_t next_ = 0;   // to be given out
  std::size_t taken_ = 0;  // results taken
  bool stopped_ = false;
};

/// Calls make(worker, index) for index 0 to count - 1, from `workers` threads
/// with the numbers 0 to workers - 1, and take(index, result) in order from
/// this thread. The first exception of either, in order, is thrown when all
/// threads have ended.
template <typename Make, typename Take>
void for_each_in_order(std::size_t count, int workers, Make make, Take take) {
  using Result = decltype(make(0, std::size_t{0}));
  constexpr std::size_t kWindowPerWorker = 8;
  OrderedQueue<Result> queue(count, kWindowPerWorker * workers);
  const auto work = [&](int worker) {
    while (const auto index = queue.claim()) {
      try {
        queue.put(*index, make(worker, *index), nullptr);
      } catch (...) {
        queue.put(*index, std::nullopt, std::current_exception());
      }
    }
  };
  // Joined on every way out, after the queue was stopped.
  std::vector<std::jthread> threads;
  struct Stop {
    OrderedQueue<Result>& queue;
    ~Stop() { queue.stop(); }
  } const stop{queue};
  for (int worker = 0; worker < workers; ++worker) {
    threads.emplace_back(work, worker);
  }
  for (std::size_t index = 0; index < count; ++index) {
    take(index, queue.take());
  }
}

}  // namespace convoy
