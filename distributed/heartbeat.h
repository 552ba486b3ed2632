#pragma once
// Signs of life from a rank whose work lasts longer than ranks wait for each
// other.

#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "distributed/control.h"

namespace convoy {

/// Made on the group's rank 0 for as long as it works, while every other rank
/// of the group is in await_heartbeat_end(): their deadline begins anew with
/// each beat, four times a second. The beats come from a thread of its own, so
/// that no part of the work is too long; they stop when the process does, or is
/// stopped. Until end() nobody else uses `group`, which outlives it.
class Heartbeat {
 public:
  explicit Heartbeat(Control& group);

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
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

/// On every rank of the group but 0: sleeps until its Heartbeat has ended and
/// returns the result. Throws PeerLost when no beat has come for as long as
/// ranks wait for each other.
std::string await_heartbeat_end(Control& group);

}  // namespace convoy
