#include "trainer/loop/lr_curve.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace convoy {
namespace {

/// Smoothed losses at 1e-5, 1e-4, ...
std::vector<LrPoint> curve(const std::vector<double>& smoothed) {
  std::vector<LrPoint> points;
  for (std::size_t i = 0; i < smoothed.size(); ++i) {
    const double lr = std::pow(10, static_cast<double>(i) - 5);
    points.push_back({lr, smoothed[i], smoothed[i]});
  }
  return points;
}

TEST(RangeRate, RisesByTheSameFactorFromEndToEnd) {
  EXPECT_DOUBLE_EQ(range_rate(1e-6, 10, 0, 8), 1e-6);
  EXPECT_DOUBLE_EQ(range_rate(1e-6, 10, 3, 8), 1e-3);
  EXPECT_DOUBLE_EQ(range_rate(1e-6, 10, 7, 8), 10);
}

TEST(LrCurve, AveragesOverATwentiethOfTheTest) {
  LrCurve points(40);  // a time constant of two steps
  points.add(0.1, 4);
  points.add(0.2, 2);
  points.add(0.4, 1);
  const double d = std::exp(-0.5);
  EXPECT_DOUBLE_EQ(points.points()[0].smoothed, 4);
  EXPECT_DOUBLE_EQ(points.points()[1].smoothed, (4 * d + 2) / (d + 1));
  EXPECT_DOUBLE_EQ(
      points.points()[2].smoothed, (4 * d * d + 2 * d + 1) / (d * d + d + 1));
  EXPECT_EQ(points.points()[2].loss, 1);
  EXPECT_EQ(points.points()[2].lr, 0.4);
}

TEST(LrCurve, DivergesBeyondFourTimesItsMinimum) {
  LrCurve points(20);
  EXPECT_FALSE(points.diverged());
  points.add(1, 1);
  points.add(2, 1);
  // The second half of a step: (1 - d) / (1 - d^3) of it counts.
  const double d = std::exp(-1);
  const double share = (1 - d) / (1 - d * d * d);
  LrCurve near = points;
  near.add(3, 1 + 2.99 / share);
  EXPECT_FALSE(near.diverged()) << near.points().back().smoothed;
  points.add(3, 1 + 3.01 / share);
  EXPECT_TRUE(points.diverged()) << points.points().back().smoothed;
}

TEST(SuggestLr, TakesATenthOfTheRateWhereTheLossBeginsToRise) {
  const LrSuggestion s = suggest_lr(curve({4, 3.9, 3, 2, 1.9, 5}));
  EXPECT_DOUBLE_EQ(s.rises.value(), 0.1);
  EXPECT_DOUBLE_EQ(s.steepest.value(), 1e-3);
  EXPECT_DOUBLE_EQ(s.peak.value(), 0.01);
}

TEST(SuggestLr, TakesTheSteepestDescentOfALossThatNeverRises) {
  const LrSuggestion s = suggest_lr(curve({4, 3.9, 3.5, 2, 1.9}));
  EXPECT_FALSE(s.rises);
  EXPECT_DOUBLE_EQ(s.steepest.value(), 1e-3);
  EXPECT_DOUBLE_EQ(s.peak.value(), 1e-3);
}

TEST(SuggestLr, TakesTheEndForTheRiseWhereTheLossThenLeft) {
  const auto points = curve({4, 3.9, 3.5, 2, 1.9});
  const LrSuggestion s = suggest_lr(points, /*left=*/true);
  ASSERT_TRUE(s.rises && s.peak);
  EXPECT_DOUBLE_EQ(*s.rises, points.back().lr);
  EXPECT_DOUBLE_EQ(*s.peak, points.back().lr / 10);
}

TEST(SuggestLr, LooksForTheDescentBeforeTheRiseOnly) {
  // Behind its lowest place the loss falls steeply once more, by chance.
  const LrSuggestion s = suggest_lr(curve({4, 3, 2, 9, 2.5, 9}));
  EXPECT_DOUBLE_EQ(s.rises.value(), 1e-3);
  EXPECT_DOUBLE_EQ(s.steepest.value(), 1e-4);
}

TEST(SuggestLr, IsSilentWhenTheLossNeverFell) {
  for (const auto& smoothed :
       {std::vector<double>{4, 3.97, 4, 9},
        {4, 5, 6},
        {4, 1},
        std::vector<double>{}}) {
    const LrSuggestion s = suggest_lr(curve(smoothed));
    EXPECT_FALSE(s.rises || s.steepest || s.peak);
  }
}

}  // namespace
}  // namespace convoy
