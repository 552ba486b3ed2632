#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "data/augment/finish.h"

namespace convoy {
namespace {

/// The noise alone, in standard deviations.
std::vector<double> noise(std::uint64_t key, std::size_t count) {
  FinishPlan plan;
  plan.noise_stddev = 1;
  plan.noise_key = key;
  plan.factor = {1, 1, 1};
  const std::vector<std::uint8_t> black(count);
  std::vector<float> out(count);
  finish(plan, black.data(), count, out.data());
  return {out.begin(), out.end()};
}

constexpr std::size_t kCount = 300'000;

double correlation(
    const std::vector<double>& a,
    const std::vector<double>& b,
    std::size_t lag) {
  double sum = 0;
  for (std::size_t i = 0; i + lag < a.size(); ++i) {
    sum += a[i] * b[i + lag];
  }
  return sum / static_cast<double>(a.size() - lag);
}

TEST(Noise, HasTheMomentsOfAGaussian) {
  double mean = 0;
  double square = 0;
  double third = 0;
  double fourth = 0;
  for (double value : noise(42, kCount)) {
    mean += value / kCount;
    square += value * value / kCount;
    third += value * value * value / kCount;
    fourth += value * value * value * value / kCount;
  }
  // Four standard errors each.
  EXPECT_NEAR(mean, 0, 4 / std::sqrt(kCount));
  EXPECT_NEAR(square, 1, 4 * std::sqrt(2.0 / kCount));
  EXPECT_NEAR(third, 0, 4 * std::sqrt(15.0 / kCount));
  EXPECT_NEAR(fourth, 3, 4 * std::sqrt(96.0 / kCount));
}

TEST(Noise, HasTheDistributionOfAGaussian) {
  auto values = noise(7, kCount);
  std::sort(values.begin(), values.end());
  double most = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = 0.5 * std::erfc(-values[i] / std::sqrt(2));
    most = std::max(most, std::abs(expected - (i + 0.5) / kCount));
  }
  EXPECT_LT(most, 1.95 / std::sqrt(kCount));  // 99.9 %
}

TEST(Noise, DoesNotCorrelateWithItsNeighboursOrOtherKeys) {
  const double bound = 4.5 / std::sqrt(kCount);
  const auto one = noise(1000, kCount);
  for (std::size_t lag : {1, 2, 3, 24, 48, 672, 1536}) {
    EXPECT_NEAR(correlation(one, one, lag), 0, bound) << lag;
  }
  for (std::uint64_t key :
       {1001ULL, 1000ULL + (1ULL << 32), 0x9E3779B9ULL + 1000}) {
    const auto other = noise(key, kCount);
    EXPECT_NE(one, other);
    for (std::size_t lag : {0, 1, 2, 24, 48}) {
      EXPECT_NEAR(correlation(one, other, lag), 0, bound) << key << " " << lag;
    }
  }
}

TEST(Noise, IsAFunctionOfKeyAndPlace) {
  const auto longer = noise(5, 10'000);
  const auto shorter = noise(5, 5'003);
  EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longer.begin()));
}

TEST(Noise, IsScaledByItsDeviationAndNotClamped) {
  FinishPlan plan;
  plan.noise_stddev = 10;
  plan.noise_key = 5;
  plan.offset = {100, 100, 100};
  plan.factor = {1, 1, 1};
  const std::vector<std::uint8_t> gray(1000, 100);
  std::vector<float> out(1000);
  finish(plan, gray.data(), gray.size(), out.data());
  const auto unit = noise(5, 1000);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_NEAR(out[i], 10 * unit[i], 2e-5);
  }
}

}  // namespace
}  // namespace convoy
