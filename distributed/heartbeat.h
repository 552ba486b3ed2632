#pragma once
// Signs of life from a rank whose work lasts longer than ranks wait for each
// other.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "distributed/control.h"

namespace convoy {

/// Made on the group's rank 0 for as long as it works, while every other rank
/// of the group is in await_heartbeat_end(): their deadline begins anew with
/// each beat, four times a second. The beats come from a thread of its own;
/// they stop with the process, and when the work has not called alive() for
/// `longest_part`: it hangs, then. Until end() nobody else uses `group`, which
/// outlives it.
class Heartbeat {
 public:
  explicit Heartbeat(
      Control& group,
      std::chrono::milliseconds longest_part = std::chrono::minutes(5));

  /// The work moves on. Any thread.
  void alive();

  /// Without end() the others are told nothing: for the way out of the program.
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  /// Lets the others go on, with `result`. Throws what a beat has thrown.
  void end(const std::string& result = "");

 private:
  void run() noexcept;
  void stop();

  Control& group_;
  const std::chrono::milliseconds longest_part_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::atomic<std::chrono::steady_clock::time_point> last_sign_;
  std::exception_ptr error_;
  std::thread thread_;
};

/// On every rank of the group but 0: sleeps until its Heartbeat has ended and
/// returns the result. Throws PeerLost when no beat has come for as long as
/// ranks wait for each other.
std::string await_heartbeat_end(Control& group);

}  // namespace convoy
