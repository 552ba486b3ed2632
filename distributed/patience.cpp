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

void Patience::pause(const std::string& what) {
  using namespace std::chrono_literals;
  const auto waited = Clock::now() - start_;
  if (waited > timeout_) {
    throw PeerLost(fmt::format(
        "waited {:.0f} s for the other ranks in {} (limit: "
        "distributed.timeout_s = {:.0f})",
        std::chrono::duration<double>(waited).count(),
        what,
        timeout_.count()));
  }
  if (pace_ == Pace::asleep) {
    sleep_microseconds(5000);
  } else if (waited > 20ms) {
    sleep_microseconds(200);
  } else if (waited > 50us || pace_ == Pace::crowded) {
    sched_yield();
  }
}

}  // namespace convoy
