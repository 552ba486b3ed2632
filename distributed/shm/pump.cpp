#include "distributed/shm/pump.h"

#include <chrono>

namespace convoy {

Pump::Pump(std::function<bool()> move)
    : move_(std::move(move)), thread_([this] { run(); }) {}

Pump::~Pump() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Pump::wake() {
  const std::lock_guard lock(mutex_);
  if (error_) {
    std::rethrow_exception(error_);
  }
  if (!awake_) {
    awake_ = true;
    changed_.notify_all();
  }
}

void Pump::run() noexcept {
  using namespace std::chrono_literals;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    changed_.wait(lock, [&] { return awake_ || stop_; });
    if (stop_) {
      return;
    }
    awake_ = false;
    lock.unlock();
    bool more = false;
    std::exception_ptr error;
    try {
      more = move_();
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error) {
      error_ = error;
      return;
    }
    if (more) {
      awake_ = true;
      changed_.wait_for(lock, 2ms, [&] { return stop_; });
    }
  }
}

}  // namespace convoy
