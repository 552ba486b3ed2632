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

}  // namespace

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
  const auto waited =
      std::chrono::duration<double>(Clock::now() - start_).count();
  const std::string who = waiting_.who_is_late();
  throw PeerLost(fmt::format(
      "waited {:.0f} s for {} in {} (limit: distributed.timeout_s = {:.0f})",
      waited,
      who.empty() ? "the other ranks" : who,
      what,
      timeout_.count()));
}

}  // namespace convoy
