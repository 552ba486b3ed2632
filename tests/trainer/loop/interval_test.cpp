#include "trainer/loop/interval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/thread_world.h"

namespace convoy {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::StartsWith;

/// A clock that goes when it is told to.
struct Hands {
  static Interval::Clock::time_point& now() {
    static Interval::Clock::time_point time;
    return time;
  }
  static Interval::Clock::time_point read() { return now(); }
  static void pass(int seconds) { now() += std::chrono::seconds(seconds); }
};

TEST(Interval, DividesImagesByTheTimeOfTheLoop) {
  Interval interval(Hands::read);
  Hands::pass(2);
  interval.count_step(64);
  interval.count_step(64);
  EXPECT_DOUBLE_EQ(interval.images_per_second(), 64);
  interval.pause();
  Hands::pass(100);
  interval.resume();
  EXPECT_DOUBLE_EQ(interval.images_per_second(), 64);
}

TEST(Interval, LeavesNestedPausesOutOnce) {
  Interval interval(Hands::read);
  interval.count_step(100);
  Hands::pass(5);
  interval.pause();  // the end of an epoch
  Hands::pass(30);   // evaluates
  interval.pause();  // and saves
  Hands::pass(7);
  interval.resume();
  Hands::pass(1);
  interval.resume();
  Hands::pass(5);
  EXPECT_DOUBLE_EQ(interval.images_per_second(), 10);
}

StepFigures figures(double loss, bool nonfinite = false) {
  StepFigures f;
  f.loss = loss;
  f.top1 = 2;
  f.top5 = 3;
  f.samples = 4;
  f.gradient_norm = loss / 10;
  f.nonfinite = nonfinite;
  return f;
}

TEST(Interval, HasNoFiguresWhereNoStepCounts) {
  testing::run_worlds(1, [](World& world) {
    Interval interval(Hands::read);
    interval.add(figures(8));
    interval.count_step(4);
    interval.gather(world, {});
    interval.add(figures(1e9, /*nonfinite=*/true));
    interval.count_step(4);
    const IntervalRecord record = interval.gather(world, {});
    EXPECT_TRUE(std::isnan(record.sums.mean_loss()));
    EXPECT_TRUE(std::isnan(record.sums.accuracy1()));
    EXPECT_TRUE(std::isnan(record.gradient_norm)) << "not the one before";
  });
}

TEST(Interval, SumsTheStepsThatCount) {
  testing::run_worlds(1, [](World& world) {
    Interval interval(Hands::read);
    interval.add(figures(8));
    interval.add(figures(1e9, /*nonfinite=*/true));
    interval.add(figures(4));
    interval.count_step(4);
    const IntervalRecord record =
        interval.gather(world, {.peak_memory = 5000000});
    EXPECT_EQ(record.sums.samples, 8);
    EXPECT_EQ(record.sums.mean_loss(), 1.5);
    EXPECT_EQ(record.sums.accuracy1(), 50);
    EXPECT_DOUBLE_EQ(record.gradient_norm, 0.4);
    EXPECT_EQ(record.memory_mb, 5);
    EXPECT_TRUE(interval.empty()) << "it starts anew";
  });
}

TEST(Interval, PutsTheRanksTogetherAlikeOnEach) {
  testing::run_worlds(2, [](World& world) {
    Interval interval(Hands::read);
    interval.count_step(8);
    interval.count_step(8);
    // Seconds of two steps: data, compute, communication, optimizer.
    const PhaseSeconds mine =
        world.rank() == 0 ? PhaseSeconds{2, 4, 6, 1} : PhaseSeconds{4, 8, 0, 1};
    const IntervalRecord record = interval.gather(
        world,
        {mine,
         world.rank() == 0 ? 5U : 70U,
         world.rank() == 0 ? 9000000 : 4000000});
    EXPECT_EQ(record.ranks, 2);
    EXPECT_THAT(record.mean, ElementsAre(1.5, 3, 1.5, 0.5));
    EXPECT_THAT(record.least, ElementsAre(1, 2, 0, 0.5));
    EXPECT_THAT(record.most, ElementsAre(2, 4, 3, 0.5));
    EXPECT_THAT(record.slowest, StartsWith("rank 1 ("))
        << "the one that the other waits for";
    EXPECT_EQ(record.samples_hash, 75u);
    EXPECT_EQ(record.memory_mb, 9) << "of the rank with the most";
  });
}

}  // namespace
}  // namespace convoy
