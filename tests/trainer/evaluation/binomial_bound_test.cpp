#include "trainer/evaluation/binomial_bound.h"

#include <gtest/gtest.h>

#include <cmath>

namespace convoy {
namespace {

/// The probability of at most `events` in `trials`, by the sum itself.
double at_most(int events, int trials, double p) {
  double sum = 0;
  double term = std::pow(1 - p, trials);
  for (int k = 0; k <= events; ++k) {
    sum += term;
    term *= p / (1 - p) * (trials - k) / (k + 1);
  }
  return sum;
}

TEST(ClopperPearson, LeavesTheRestToFewerEventsThanWereSeen) {
  for (const auto& [events, trials] : std::vector<std::pair<int, int>>{
           {0, 1}, {0, 10}, {1, 10}, {5, 10}, {9, 10}, {3, 200}, {150, 200}}) {
    for (const double confidence : {0.9, 0.95, 0.99}) {
      const double limit = clopper_pearson_upper(events, trials, confidence);
      EXPECT_NEAR(at_most(events, trials, limit), 1 - confidence, 1e-9)
          << events << " of " << trials;
    }
  }
}

TEST(ClopperPearson, IsTheRuleOfThreeWithoutEvents) {
  EXPECT_NEAR(
      clopper_pearson_upper(0, 10, 0.95), 1 - std::pow(0.05, 0.1), 1e-12);
  EXPECT_NEAR(clopper_pearson_upper(0, 100000, 0.95), 2.9957e-5, 1e-9);
}

TEST(ClopperPearson, IsOneWhereNothingIsKnown) {
  EXPECT_EQ(clopper_pearson_upper(0, 0, 0.95), 1);
  EXPECT_EQ(clopper_pearson_upper(7, 7, 0.95), 1);
}

TEST(ClopperPearson, ComesCloseToTheNormalLimitOfAMillion) {
  const double p = 0.1;
  const double normal = p + 1.644854 * std::sqrt(p * (1 - p) / 1e6);
  EXPECT_NEAR(clopper_pearson_upper(100000, 1000000, 0.95), normal, 2e-6);
}

TEST(TrialsToAssure, AreAsManyAsMakeTheLimitSmallEnough) {
  for (const double share : {0.3, 0.05, 0.01, 0.001}) {
    const std::int64_t n = trials_to_assure(share, 0.95);
    EXPECT_LE(clopper_pearson_upper(0, n, 0.95), share);
    EXPECT_GT(clopper_pearson_upper(0, n - 1, 0.95), share);
  }
  EXPECT_EQ(trials_to_assure(0.01, 0.95), 299);
}

}  // namespace
}  // namespace convoy
