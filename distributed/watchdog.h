#pragma once
// Deadlines for collectives that run on a GPU, where no thread of the host
// waits for them.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "distributed/patience.h"

namespace convoy {

/// Called with one sentence, on a thread of the watchdog's, when a collective
/// will never complete. Other threads may sit in a wait that only the end of
/// the process ends, so that is what it should bring about.
using LostHandler = std::function<void(const std::string& sentence)>;

struct WatchdogOptions {
  /// REQUIRED. Its meanwhile() is called with each look, on the watchdog's
  /// thread, while a collective is not complete, and then alone: a rank that
  /// answers a roll call is one that waits.
  std::shared_ptr<const Waiting> waiting;
  double poll_s = 0.2;  ///< how often it looks; roll calls last a second
  LostHandler lost;     ///< REQUIRED
  /// The library's own complaint about a peer; empty when there is none. May
  /// be empty itself.
  std::function<std::string()> complaint;
  /// Called first on its thread.
  std::function<void()> on_thread_start;
};

/// Watches collectives that complete in the order in which they were handed
/// in. `lost` is called once: when the oldest has been the oldest for longer
/// than the deadline, when `complaint` has one, or when looking fails; what it
/// is told names the ranks that do not answer. Its destructor waits for a look
/// or a roll call under way, never for a collective.
///
/// Its thread runs beside one that may be inside CUDA, NCCL or MPI. It calls
/// MPI point to point (MPI_THREAD_MULTIPLE), asks after CUDA events, and
/// nothing that waits for another rank.
class Watchdog {
 public:
  explicit Watchdog(WatchdogOptions options);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// `done` is asked on the watchdog's thread until it says true, then let go.
  void watch(std::string what, std::function<bool()> done);

 private:
  using Clock = std::chrono::steady_clock;
  struct Watched {
    std::string what;
    std::function<bool()> done;
  };
  /// What it has found, before anybody is asked who it is.
  struct Trouble {
    std::string complaint;  ///< or:
    double waited_s = 0;
    std::string what;
  };

  void run() noexcept;
  bool look(Trouble& trouble);
  std::string watch_for_trouble();

  const WatchdogOptions options_;
  const std::chrono::duration<double> timeout_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Watched> watched_;
  Clock::time_point oldest_since_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace convoy
