#include "distributed/patience.h"

#include <fmt/format.h>
#include <sched.h>
#include <time.h>

#include "distributed/errors.h"

namespace convoy {
namespace {

void sleep_microseconds(long n) {
  const timespec pause{0, n * 1000};
  nanosleep(&pause, nullptr);
}

/// The roll call goes over MPI, which may have lost the rank as well.
std::string who_is_late(const Waiting& waiting) {
  try {
    return waiting.who_is_late();
  } catch (const PeerLost&) {
    return "";
  }
}

}  // namespace

std::string tell_lateness(
    const Waiting& waiting, double waited_s, const std::string& what) {
  const std::string who = who_is_late(waiting);
  return fmt::format(
      "waited {:.0f} s for {} in {} (limit: distributed.timeout_s = {:.0f})",
      waited_s,
      who.empty() ? "the other ranks" : who,
      what,
      waiting.timeout_s);
}

std::string tell_silence(const Waiting& waiting) {
  const std::string who = who_is_late(waiting);
  return who.empty() ? "" : "; no answer from " + who;
}

bool Patience::pause() {
  using namespace std::chrono_literals;
  const auto waited = Clock::now() - start_;
  if (waited > timeout_) {
    return false;
  }
  if (pace_ == Pace::asleep) {
    waiting_.meanwhile();
    sleep_microseconds(5000);
  } else if (waited > 20ms) {
    waiting_.meanwhile();
    sleep_microseconds(200);
  } else if (waited > 50us || pace_ == Pace::crowded) {
    sched_yield();
  }
  return true;
}

void Patience::give_up(const std::string& what) const {
  const std::chrono::duration<double> waited = Clock::now() - start_;
  throw PeerLost(tell_lateness(waiting_, waited.count(), what));
}

}  // namespace convoy
