#include "trainer/loop/scaling_forecast.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

constexpr ScalingSeries kWeak{ScalingData::real, ScalingMode::weak};
constexpr ScalingSeries kStrong{ScalingData::real, ScalingMode::strong};

/// A rank that computes 0.9 s and updates 0.1 s; one bucket, ready at the end.
ScalingRow one_rank(const ScalingSeries& series) {
  ScalingRow row;
  row.series = series;
  row.load = {.global = 32, .largest_share = 32, .micro = 32};
  row.images_per_second = 32;
  row.phases = {0, 0.9, 0, 0.1};
  row.profile = {.step_s = 1, .backward_end_s = 0.9, .buckets = {{1000, 0.9}}};
  return row;
}

/// At which an all-reduce of the bucket takes 0.1 s.
constexpr AllReduceCost kCost{.latency_s = 0, .seconds_per_byte = 1e-4};

TEST(Forecast, OfWeakScalingAddsWhatBackwardDoesNotHide) {
  const StepLoad two{.global = 64, .largest_share = 32, .micro = 32};
  const Forecast f = forecast(one_rank(kWeak), two, 2, kCost);
  EXPECT_DOUBLE_EQ(f.step.step_s, 1.1);
  EXPECT_NEAR(f.step.exposed_s, 0.1, 1e-12);
  EXPECT_DOUBLE_EQ(f.images_per_second, 64 / 1.1);
  EXPECT_DOUBLE_EQ(f.step.efficiency, 1 / 1.1);
}

TEST(Forecast, OfStrongScalingSharesComputingAndNotTheUpdate) {
  const StepLoad two{.global = 32, .largest_share = 16, .micro = 16};
  const Forecast f = forecast(one_rank(kStrong), two, 2, kCost);
  EXPECT_DOUBLE_EQ(f.step.step_s, 0.45 + 0.1 + 0.1);
  EXPECT_DOUBLE_EQ(f.images_per_second, 32 / 0.65);
  EXPECT_DOUBLE_EQ(f.step.efficiency, 0.5 / 0.65);
}

TEST(Forecast, ShortensMicroBatchesOnlyWhereTheyAreShorter) {
  ScalingRow row = one_rank(kStrong);
  row.load.micro = 16;
  row.profile.backward_end_s = 0.45;
  row.profile.buckets = {{1000, 0.35}};
  const StepLoad two{.global = 32, .largest_share = 16, .micro = 16};
  const Forecast f = forecast(row, two, 2, kCost);
  EXPECT_NEAR(f.step.exposed_s, 0, 1e-12);  // 0.1 s still fit behind 0.35 s
  EXPECT_NEAR(f.step.step_s, 0.55, 1e-12);
}

TEST(CheckPredictions, ComparesEachRowWithThatOfTheFewestRanks) {
  ScalingRow two = one_rank(kWeak);
  two.ranks = 2;
  two.load = {.global = 64, .largest_share = 32, .micro = 32};
  two.images_per_second = 50;
  two.all_reduce = kCost;
  const std::vector<ScalingRow> rows{two, one_rank(kWeak), one_rank(kStrong)};
  const auto checks = check_predictions(rows);
  ASSERT_EQ(checks.size(), 1u);
  EXPECT_EQ(checks[0].row, &rows[0]);
  EXPECT_DOUBLE_EQ(checks[0].predicted.images_per_second, 64 / 1.1);
  EXPECT_NEAR(checks[0].error(), 64 / 1.1 / 50 - 1, 1e-12);
}

}  // namespace
}  // namespace convoy
