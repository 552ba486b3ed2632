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
    sleep_microseconds(5000);
  } else if (waited > 20ms) {
    sleep_microseconds(200);
  } else if (waited > 50us || pace_ == Pace::crowded) {
    sched_yield();
  }
  return true;
}

void Patience::give_up(const std::string& what) const {
  throw PeerLost(fmt::format(
      "waited {:.0f} s for the other ranks in {} (limit: "
      "distributed.timeout_s = {:.0f})",
      std::chrono::duration<double>(Clock::now() - start_).count(),
      what,
      timeout_.count()));
}

}  // namespace convoy
