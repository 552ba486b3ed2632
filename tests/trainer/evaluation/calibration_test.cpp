#include "trainer/evaluation/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/trainer/evaluation/made.h"
#include "trainer/evaluation/temperature.h"

namespace convoy {
namespace {

TEST(Reliability, PutsAProbabilityIntoTheBinThatEndsWithIt) {
  const std::vector<Confidence> samples{
      {0, false}, {1.0 / 15, true}, {0.0667, true}, {0.95, true}, {1, false}};
  const Reliability bins = reliability(samples);
  EXPECT_EQ(bins[0].samples, 2);
  EXPECT_EQ(bins[0].hits, 1);
  EXPECT_EQ(bins[1].samples, 1);
  EXPECT_EQ(bins[14].samples, 2);
  EXPECT_DOUBLE_EQ(bins[14].accuracy(), 0.5);
  EXPECT_DOUBLE_EQ(bins[14].mean_probability(), 0.975);
  EXPECT_TRUE(std::isnan(bins[7].accuracy()));
}

TEST(CalibrationError, IsTheMeanGapOfTheBins) {
  // Bin (0.8, 0.867]: accuracy 1/2, probability 0.83. Bin (0.533, 0.6]:
  // accuracy 1, probability 0.55.
  const std::vector<Confidence> samples{
      {0.82, true}, {0.84, false}, {0.54, true}, {0.56, true}};
  EXPECT_NEAR(
      expected_calibration_error(reliability(samples)),
      0.5 * 0.33 + 0.5 * 0.45,
      1e-12);
  EXPECT_TRUE(std::isnan(expected_calibration_error(reliability({}))));
}

/// `hits` of `all` samples of two classes, all with this probability.
Predictions equally_sure(double probability, int hits, int all) {
  std::vector<testing::Row> rows;
  for (int i = 0; i < all; ++i) {
    rows.push_back({i < hits ? 0 : 1, {probability, 1 - probability}});
  }
  return testing::predictions_of(rows);
}

double logit(double p) {
  return std::log(p / (1 - p));
}

TEST(Temperature, MakesASureNetworkAsModestAsItsHits) {
  // The best probability for all is the share of hits, 0.8: the temperature
  // divides the logit.
  const Predictions sure = equally_sure(0.99, 8, 10);
  const double t = best_temperature(sure);
  EXPECT_NEAR(t, logit(0.99) / logit(0.8), 1e-5);
  const Tempered before = at_temperature(sure, 1);
  const Tempered after = at_temperature(sure, t);
  EXPECT_NEAR(
      before.mean_loss, -(0.8 * std::log(0.99) + 0.2 * std::log(0.01)), 1e-5);
  EXPECT_NEAR(
      after.mean_loss, -(0.8 * std::log(0.8) + 0.2 * std::log(0.2)), 1e-6);
  EXPECT_NEAR(
      expected_calibration_error(reliability(before.confidences)), 0.19, 1e-6);
  EXPECT_NEAR(
      expected_calibration_error(reliability(after.confidences)), 0, 1e-5);
}

TEST(Temperature, MakesAModestNetworkSurer) {
  EXPECT_NEAR(
      best_temperature(equally_sure(0.6, 9, 10)),
      logit(0.6) / logit(0.9),
      1e-5);
}

TEST(Temperature, StaysWithinItsLimits) {
  EXPECT_EQ(best_temperature(equally_sure(0.9, 10, 10)), kLeastTemperature);
  EXPECT_EQ(best_temperature(equally_sure(0.9, 2, 10)), kMostTemperature);
}

TEST(Temperature, HasTheLeastLossOfAll) {
  const Predictions mixed = testing::predictions_of(
      {{0, {0.7, 0.2, 0.1}},
       {1, {0.6, 0.3, 0.1}},
       {2, {0.05, 0.05, 0.9}},
       {1, {0.01, 0.01, 0.98}},
       {0, {0.5, 0.25, 0.25}}});
  const double t = best_temperature(mixed);
  const double least = at_temperature(mixed, t).mean_loss;
  for (const double other :
       {0.3, 0.9 * t, 0.999 * t, 1.001 * t, 1.1 * t, 9.0}) {
    EXPECT_GT(at_temperature(mixed, other).mean_loss, least) << other;
  }
}

TEST(Temperature, TakesClassesOfNoProbability) {
  const Predictions some =
      testing::predictions_of({{0, {0.9, 0.1, 0.0}}, {1, {0.8, 0.2, 0.0}}});
  EXPECT_TRUE(
      std::isfinite(at_temperature(some, best_temperature(some)).mean_loss));
}

}  // namespace
}  // namespace convoy
