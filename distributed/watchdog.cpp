#include "distributed/watchdog.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace convoy {

Watchdog::Watchdog(WatchdogOptions options) : options_(std::move(options)) {
  thread_ = std::thread([this] { run(); });
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watchdog::watch(std::string what, std::function<bool()> done) {
  const std::lock_guard lock(mutex_);
  if (watched_.empty()) {
    oldest_since_ = Clock::now();
  }
  watched_.push_back({std::move(what), std::move(done)});
}

/// Lets go of what is complete; a sentence when something never will be.
/// REQUIRES the lock.
std::string Watchdog::look() {
  while (!watched_.empty() && watched_.front().done()) {
    watched_.pop_front();
    oldest_since_ = Clock::now();
  }
  const std::string complaint = options_.complaint ? options_.complaint() : "";
  if (!complaint.empty()) {
    return complaint;
  }
  const std::chrono::duration<double> waited = Clock::now() - oldest_since_;
  if (watched_.empty() || waited.count() <= options_.timeout_s) {
    return "";
  }
  return fmt::format(
      "waited {:.0f} s for the other ranks in {} (limit: distributed.timeout_s "
      "= {:.0f})",
      waited.count(),
      watched_.front().what,
      options_.timeout_s);
}

void Watchdog::run() noexcept {
  std::string sentence;
  try {
    if (options_.on_thread_start) {
      options_.on_thread_start();
    }
    std::unique_lock lock(mutex_);
    while (!stop_ && sentence.empty()) {
      changed_.wait_for(lock, std::chrono::duration<double>(options_.poll_s));
      sentence = stop_ ? "" : look();
    }
  } catch (const std::exception& e) {
    const std::string text = e.what();
    sentence =
        "a collective failed on the GPU: " + text.substr(0, text.find('\n'));
  }
  if (!sentence.empty()) {
    options_.lost(sentence);
  }
}

}  // namespace convoy
