#include "trainer/loop/precision.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

TEST(LossScale, GrowsAfterGoodStepsAndHalvesAfterABadOne) {
  LossScale scale = LossScale::for_precision(Precision::fp16);
  EXPECT_EQ(scale.scale, 65536);
  scale.update(true, Precision::fp16);
  EXPECT_EQ(scale.scale, 32768);
  for (int i = 0; i < LossScale::kGrowthInterval; ++i) {
    EXPECT_EQ(scale.scale, 32768);
    scale.update(false, Precision::fp16);
  }
  EXPECT_EQ(scale.scale, 65536);
}

TEST(LossScale, FallsToOneAndThenExplainsNothingAnyMore) {
  LossScale scale = LossScale::for_precision(Precision::fp16);
  for (int i = 0; i < 16; ++i) {
    EXPECT_TRUE(scale.still_falls());
    scale.update(true, Precision::fp16);
  }
  EXPECT_EQ(scale.scale, 1);
  EXPECT_FALSE(scale.still_falls()) << "a gradient that stays infinite counts";
  scale.update(true, Precision::fp16);
  EXPECT_EQ(scale.scale, 1);
}

TEST(LossScale, IsOneForOtherPrecisions) {
  for (const auto precision : {Precision::fp32, Precision::bf16}) {
    LossScale scale = LossScale::for_precision(precision);
    scale.update(true, precision);
    EXPECT_EQ(scale.scale, 1);
    EXPECT_FALSE(scale.still_falls());
  }
}

TEST(Precision, StaysAsAskedUnlessLeftOpen) {
  EXPECT_EQ(resolve_precision(Precision::fp32, c10::kCPU), Precision::fp32);
  EXPECT_EQ(resolve_precision(Precision::bf16, c10::kCPU), Precision::bf16);
  EXPECT_EQ(
      resolve_precision(Precision::automatic, c10::kCPU),
      has_fast_bf16(c10::kCPU) ? Precision::bf16 : Precision::fp32);
}

}  // namespace
}  // namespace convoy
