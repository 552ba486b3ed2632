#include "trainer/evaluation/coverage.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/trainer/evaluation/made.h"
#include "trainer/evaluation/binomial_bound.h"

namespace convoy {
namespace {

using testing::taken;

/// Probability and whether it is a hit: 0.9 yes, 0.8 yes, 0.8 no, 0.6 yes,
/// 0.3 no.
CoverageCurve five_samples() {
  return CoverageCurve(std::vector<SampleResult>{
      taken(0, 0, 0.6),
      taken(0, 1, 0.8),
      taken(0, 0, 0.9),
      taken(0, 1, 0.3),
      taken(0, 0, 0.8)});
}

TEST(Coverage, CountsWhatHasTheThresholdOrMore) {
  const Coverage here = five_samples().at(0.8);
  EXPECT_EQ(here.samples, 5);
  EXPECT_EQ(here.covered, 3);
  EXPECT_EQ(here.hits, 2);
  EXPECT_DOUBLE_EQ(here.coverage(), 0.6);
  EXPECT_DOUBLE_EQ(here.accuracy(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(here.error_limit(), clopper_pearson_upper(1, 3, 0.95));
  EXPECT_EQ(five_samples().at(0.81).covered, 1);
  EXPECT_EQ(five_samples().at(0).covered, 5);
}

TEST(Coverage, HasNoAccuracyWhereNothingIsCovered) {
  const Coverage none = five_samples().at(0.95);
  EXPECT_EQ(none.covered, 0);
  EXPECT_TRUE(std::isnan(none.accuracy()));
  EXPECT_EQ(none.error_limit(), 1);
}

TEST(Coverage, TableGoesFromZeroToOneInHundredths) {
  const auto table = five_samples().table();
  ASSERT_EQ(table.size(), 101U);
  EXPECT_EQ(table[0].covered, 5);
  EXPECT_EQ(table[60].threshold, 0.6);
  EXPECT_EQ(table[60].covered, 4);
  EXPECT_EQ(table[100].covered, 0);
}

TEST(Coverage, FindsTheLowestThresholdForAnError) {
  // Errors of the cuts: 2/5, 1/4, 1/3 (both at 0.8) and 0.
  EXPECT_EQ(five_samples().for_error(0.4)->threshold, 0.3);
  EXPECT_EQ(five_samples().for_error(0.3)->threshold, 0.6);
  EXPECT_EQ(five_samples().for_error(0.25)->covered, 4);
  EXPECT_EQ(five_samples().for_error(0.2)->threshold, 0.9);
  EXPECT_EQ(five_samples().for_error(0)->covered, 1);
}

TEST(Coverage, FindsNoThresholdWhereTheSurestSampleIsWrong) {
  const CoverageCurve curve(std::vector<SampleResult>{taken(0, 1, 0.9)});
  EXPECT_FALSE(curve.for_error(0.5).has_value());
}

}  // namespace
}  // namespace convoy
