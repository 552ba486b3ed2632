#include "distributed/watchdog.h"

#include <exception>
#include <utility>

namespace convoy {

Watchdog::Watchdog(WatchdogOptions options)
    : options_(std::move(options)), timeout_(options_.waiting->timeout_s) {
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

/// Lets go of what is complete; true when something never will be. REQUIRES the
/// lock.
bool Watchdog::look(Trouble& trouble) {
  while (!watched_.empty() && watched_.front().done()) {
    watched_.pop_front();
    oldest_since_ = Clock::now();
  }
  trouble.complaint = options_.complaint ? options_.complaint() : "";
  if (!trouble.complaint.empty()) {
    return true;
  }
  if (watched_.empty()) {
    return false;
  }
  options_.waiting->meanwhile();
  const std::chrono::duration<double> waited = Clock::now() - oldest_since_;
  trouble.waited_s = waited.count();
  trouble.what = watched_.front().what;
  return waited > timeout_;
}

/// The sentence about it; empty when it is to stop.
std::string Watchdog::watch_for_trouble() {
  Trouble trouble;
  {
    std::unique_lock lock(mutex_);
    do {
      changed_.wait_for(lock, std::chrono::duration<double>(options_.poll_s));
      if (stop_) {
        return "";
      }
    } while (!look(trouble));
  }
  return trouble.complaint.empty()
             ? tell_lateness(*options_.waiting, trouble.waited_s, trouble.what)
             : trouble.complaint + tell_silence(*options_.waiting);
}

void Watchdog::run() noexcept {
  std::string sentence;
  try {
    if (options_.on_thread_start) {
      options_.on_thread_start();
    }
    sentence = watch_for_trouble();
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
