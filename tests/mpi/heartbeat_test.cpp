// Ranks that wait for the work of another, however long it takes.

#include "distributed/heartbeat.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>

#include "distributed/errors.h"
#include "tests/mpi/session.h"

namespace convoy {
namespace {

using testing::session;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of this thread.
double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

void compute_for(double seconds) {
  const auto start = Clock::now();
  while (seconds_since(start) < seconds) {
  }
}

TEST(Heartbeat, LetsOthersSleepForLongerThanTheyWaitForAPeer) {
  constexpr double kDeadline = 1.0;
  Control& control = session().control();
  control.barrier();
  session().set_timeout(kDeadline);
  const auto start = Clock::now();
  if (control.rank() == 0) {
    Heartbeat heartbeat(control);
    compute_for(2 * kDeadline);
    heartbeat.end("the result");
  } else {
    const double before = cpu_seconds();
    EXPECT_EQ(await_heartbeat_end(control), "the result");
    EXPECT_GE(seconds_since(start), 1.5 * kDeadline);
    // Asleep takes 0.8 %, polling as if it mattered 10 %.
    EXPECT_LT(cpu_seconds() - before, 0.04 * seconds_since(start));
  }
  session().set_timeout(60);
  control.barrier();
}

TEST(Heartbeat, EndsAtOnceWithoutAnyBeat) {
  Control& control = session().control();
  for (int i = 0; i < 20; ++i) {
    const std::string expected(static_cast<std::size_t>(i), 'x');
    if (control.rank() == 0) {
      Heartbeat(control).end(expected);
    } else {
      EXPECT_EQ(await_heartbeat_end(control), expected);
    }
  }
}

TEST(Heartbeat, IsMissedOnceItStops) {
  Control& control = session().control();
  // Those who waited in vain are out of step with rank 0 for good.
  const auto group = control.split(0);
  session().set_timeout(0.5);
  if (control.rank() == 0) {
    const Heartbeat stopped(*group);
  } else {
    EXPECT_THROW(await_heartbeat_end(*group), PeerLost);
  }
  session().set_timeout(60);
  control.barrier();
}

TEST(Heartbeat, StopsWhenTheWorkNoLongerMoves) {
  Control& control = session().control();
  const auto group = control.split(0);
  session().set_timeout(1);
  if (control.rank() == 0) {
    Heartbeat heartbeat(*group, std::chrono::milliseconds(800));
    for (int part = 0; part < 5; ++part) {
      compute_for(0.4);
      heartbeat.alive();
    }
    compute_for(5);
  } else {
    const auto start = Clock::now();
    EXPECT_THROW(await_heartbeat_end(*group), PeerLost);
    EXPECT_GT(seconds_since(start), 2);  // after all parts,
    // and not only after the standstill: 0.8 s till the beats stop, the
    // deadline, a roll call.
    EXPECT_LT(seconds_since(start), 6.5);
  }
  session().set_timeout(60);
  control.barrier();
}

}  // namespace
}  // namespace convoy
