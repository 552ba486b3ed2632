#include "trainer/loop/scaling_repeat.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

Repeat repeat(double rate, double compute) {
  Repeat r;
  r.images_per_second = rate;
  r.parts = {0, compute, 0, 0, 0, 0};
  r.by_rank = {{0, compute, 0, 0}, {0, 2 * compute, 0, 0}};
  r.profile.backward_end_s = compute;
  return r;
}

TEST(MedianRepeat, IsTheOneInTheMiddle) {
  const Repeat median =
      median_repeat({repeat(10, 1), repeat(30, 3), repeat(20, 2)}, 60);
  EXPECT_EQ(median.images_per_second, 20);
  EXPECT_EQ(median.by_rank[1][1], 4);
  EXPECT_EQ(median.profile.backward_end_s, 2);
  EXPECT_EQ(median.parts, (StepParts{0, 2, 0, 0, 0, 1}));
}

TEST(MedianRepeat, OfAnEvenNumberIsTheMeanOfTwo) {
  const Repeat median = median_repeat(
      {repeat(40, 9), repeat(20, 2), repeat(30, 3), repeat(10, 9)}, 100);
  EXPECT_EQ(median.images_per_second, 25);
  EXPECT_EQ(median.by_rank[0][1], 2.5);
  EXPECT_EQ(median.profile.backward_end_s, 2);
  EXPECT_EQ(median.parts, (StepParts{0, 2.5, 0, 0, 0, 1.5}));
}

TEST(ProfileInPhases, TakesTheTimeOfThePhases) {
  StepProfile profile;
  profile.backward_end_s = 2;
  profile.buckets = {{100, 1}, {200, 2}};
  const StepProfile scaled = profile_in_phases(
      profile, {0.5, 12, 7, 1}, {.global = 8, .largest_share = 8, .micro = 4});
  EXPECT_DOUBLE_EQ(scaled.step_s, 13.5);
  EXPECT_DOUBLE_EQ(scaled.backward_end_s, 6);  // of two micro-batches
  EXPECT_DOUBLE_EQ(scaled.buckets[0].ready_s, 3);
  EXPECT_DOUBLE_EQ(scaled.buckets[1].ready_s, 6);
  EXPECT_EQ(scaled.buckets[1].bytes, 200);
}

}  // namespace
}  // namespace convoy
