#pragma once
// Deadlines for collectives that run on a GPU, where no thread of the host
// waits for them.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace convoy {

/// Called with one sentence, on a thread of the watchdog's, when a collective
/// will never complete. Other threads may sit in a wait that only the end of
/// the process ends, so that is what it should bring about.
using LostHandler = std::function<void(const std::string& sentence)>;

struct WatchdogOptions {
  double timeout_s = 300;
  double poll_s = 0.2;  ///< how often it looks
  LostHandler lost;     ///< REQUIRED
  /// The library's own complaint about a peer; empty when there is none. May
  /// be empty itself.
  std::function<std::string()> complaint;
  /// Called first on its thread.
  std::function<void()> on_thread_start;
};

/// Watches collectives that complete in the order in which they were handed
/// in. `lost` is called once: when the oldest has been the oldest for longer
/// than timeout_s, when `complaint` has one, or when looking fails. Its
/// destructor waits for a look under way, never for a collective.
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

  void run() noexcept;
  std::string look();

  const WatchdogOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Watched> watched_;
  Clock::time_point oldest_since_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace convoy
