#include "distributed/heartbeat.h"

#include <chrono>

namespace convoy {
namespace {

constexpr std::chrono::milliseconds kEvery{250};
constexpr const char* kBeat = "";
constexpr char kEnd = '.';  // the result stands behind it

}  // namespace

Heartbeat::Heartbeat(Control& group, std::chrono::milliseconds longest_part)
    : group_(group),
      longest_part_(longest_part),
      last_sign_(std::chrono::steady_clock::now()) {
  if (group_.size() > 1) {
    thread_ = std::thread([this] { run(); });
  }
}

void Heartbeat::alive() {
  last_sign_ = std::chrono::steady_clock::now();
}

Heartbeat::~Heartbeat() {
  stop();
}

void Heartbeat::end(const std::string& result) {
  stop();
  if (error_) {
    std::rethrow_exception(error_);
  }
  group_.broadcast(kEnd + result, 0);
}

void Heartbeat::run() noexcept {
  try {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kEvery, [this] { return stop_; })) {
      if (std::chrono::steady_clock::now() - last_sign_.load() <
          longest_part_) {
        group_.broadcast(kBeat, 0);
      }
    }
  } catch (...) {
    error_ = std::current_exception();
  }
}

void Heartbeat::stop() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::string await_heartbeat_end(Control& group) {
  std::string news;
  do {
    news = group.await_broadcast(
        0, "rank 0's sign of life, which it gives while it works alone");
  } while (news == kBeat);
  return news.substr(1);
}

}  // namespace convoy
