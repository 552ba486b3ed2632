#include "distributed/mpi/request.h"

#include <fmt/format.h>
#include <sched.h>
#include <time.h>

#include "distributed/errors.h"

namespace convoy::mpi {
namespace {

void sleep_microseconds(long n) {
  const timespec pause{0, n * 1000};
  nanosleep(&pause, nullptr);
}

}  // namespace

bool Requests::test() {
  if (requests_.empty()) {
    return true;
  }
  int done = 0;
  check(
      MPI_Testall(
          static_cast<int>(requests_.size()),
          requests_.data(),
          &done,
          MPI_STATUSES_IGNORE),
      "MPI_Testall");
  if (done != 0) {
    requests_.clear();
  }
  return done != 0;
}

void Requests::wait(
    std::chrono::duration<double> timeout, const std::string& what, Pace pace) {
  using namespace std::chrono_literals;
  const auto start = Clock::now();
  while (!test()) {
    const auto waited = Clock::now() - start;
    if (waited > timeout) {
      throw PeerLost(fmt::format(
          "waited {:.0f} s for the other ranks in {} (limit: "
          "distributed.timeout_s = {:.0f})",
          std::chrono::duration<double>(waited).count(),
          what,
          timeout.count()));
    }
    if (pace == Pace::asleep) {
      sleep_microseconds(5000);
    } else if (waited > 20ms) {
      sleep_microseconds(200);
    } else if (waited > 50us) {
      sched_yield();
    }
  }
}

}  // namespace convoy::mpi
