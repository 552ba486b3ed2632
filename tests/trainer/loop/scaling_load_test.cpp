#include "trainer/loop/scaling_load.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

StepLoad load(ScalingMode mode, int ranks, int micro = 0) {
  return step_load({.global = 30, .micro = micro}, 4, mode, ranks);
}

TEST(StepLoad, OfWeakScalingGrowsWithTheRanks) {
  // 30 on 4 ranks: the largest share is 8.
  EXPECT_EQ(load(ScalingMode::weak, 1).global, 8);
  EXPECT_EQ(load(ScalingMode::weak, 2).global, 16);
  EXPECT_EQ(load(ScalingMode::weak, 2).largest_share, 8);
  EXPECT_EQ(load(ScalingMode::weak, 64).global, 512);
}

TEST(StepLoad, OfStrongScalingIsShared) {
  EXPECT_EQ(load(ScalingMode::strong, 1).largest_share, 30);
  EXPECT_EQ(load(ScalingMode::strong, 4).global, 30);
  EXPECT_EQ(load(ScalingMode::strong, 4).largest_share, 8);
  EXPECT_DOUBLE_EQ(load(ScalingMode::strong, 4).share(4), 7.5);
}

TEST(StepLoad, TakesTheJobsBatchWhereTheConfigGivesARanks) {
  const BatchOptions batch{.global = 0, .per_rank = 16};
  EXPECT_EQ(step_load(batch, 4, ScalingMode::strong, 2).largest_share, 32);
  EXPECT_EQ(step_load(batch, 4, ScalingMode::weak, 2).largest_share, 16);
}

TEST(StepLoad, HasMicroBatchesOfAShareAtMost) {
  EXPECT_EQ(load(ScalingMode::strong, 1, 10).micro, 10);
  EXPECT_EQ(load(ScalingMode::strong, 4, 10).micro, 8);
  EXPECT_EQ(load(ScalingMode::strong, 4).micro, 8);
}

TEST(ScalingSeries, IsDescribedInWords) {
  EXPECT_EQ(
      describe({ScalingData::synthetic, ScalingMode::strong}),
      "synthetic data, strong scaling");
}

}  // namespace
}  // namespace convoy
