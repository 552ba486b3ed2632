#pragma once
// A thread that moves on what nobody else does.

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace convoy {

/// While there is work, calls a function every 2 ms: MPI sends and receives
/// between hosts only while somebody is inside it, and hooks of backward come
/// too seldom (16 in AlexNet). In between it sleeps, so that the training
/// thread keeps the core.
class Pump {
 public:
  /// `move` says whether there is still something to move. It is called on the
  /// pump's thread; what it throws ends the pumping.
  explicit Pump(std::function<bool()> move);
  ~Pump();
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  /// There is something to move. Throws what `move` has thrown.
  void wake();

 private:
  void run() noexcept;

  std::function<bool()> move_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool awake_ = false;
  bool stop_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace convoy
