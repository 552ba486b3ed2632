#include "trainer/evaluation/two_groups.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/trainer/evaluation/made.h"
#include "trainer/evaluation/binomial_bound.h"

namespace convoy {
namespace {

/// Four NG samples and three OK ones.
std::vector<GroupScore> seven_scores() {
  return {
      {true, 0.9},
      {true, 0.6},
      {true, 0.2},
      {true, 0.95},
      {false, 0.1},
      {false, 0.7},
      {false, 0.4}};
}

TEST(GroupScores, SumTheProbabilitiesOfTheNgClasses) {
  const Predictions predictions = testing::predictions_of(
      {{0, {0.2, 0.3, 0.5}}, {1, {0.2, 0.3, 0.5}}, {2, {0.6, 0.3, 0.1}}});
  const auto scores = group_scores(predictions, {true, false, true});
  EXPECT_TRUE(scores[0].is_ng);
  EXPECT_FALSE(scores[1].is_ng);
  EXPECT_TRUE(scores[2].is_ng);
  EXPECT_NEAR(scores[0].ng_probability, 0.7, 1e-6);
  EXPECT_NEAR(scores[2].ng_probability, 0.7, 1e-6);
}

TEST(GroupCurve, CountsEscapesBelowAndOverkillFromTheThresholdOn) {
  const GroupCurve curve(seven_scores());
  const GroupRates half = curve.at(0.5);
  EXPECT_EQ(half.escapes, 1);
  EXPECT_EQ(half.overkills, 1);
  EXPECT_DOUBLE_EQ(half.escape_rate(), 0.25);
  EXPECT_DOUBLE_EQ(half.overkill_rate(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(half.escape_limit(), clopper_pearson_upper(1, 4, 0.95));
  EXPECT_EQ(curve.at(0.6).escapes, 1) << "0.6 is judged NG at 0.6";
  EXPECT_EQ(curve.at(0).overkills, 3);
  EXPECT_EQ(curve.at(1).escapes, 4);
}

TEST(GroupCurve, TableGoesFromZeroToOneInHundredths) {
  const auto table = GroupCurve(seven_scores()).table();
  ASSERT_EQ(table.size(), 101U);
  EXPECT_EQ(table[50].escapes, 1);
  EXPECT_EQ(table[100].threshold, 1);
}

TEST(GroupCurve, FindsTheHighestThresholdForAnEscapeRate) {
  const GroupCurve curve(seven_scores());
  EXPECT_EQ(curve.for_escape(0)->threshold, 0.2);
  EXPECT_EQ(curve.for_escape(0)->escapes, 0);
  EXPECT_EQ(curve.for_escape(0)->overkills, 2);
  EXPECT_EQ(curve.for_escape(0.25)->threshold, 0.6);
  EXPECT_EQ(curve.for_escape(0.49)->escapes, 1);
  EXPECT_EQ(curve.for_escape(1)->threshold, 1);
  EXPECT_FALSE(GroupCurve({{false, 0.5}}).for_escape(0.5).has_value());
}

TEST(GroupCurve, KeepsToTheRateWhereScoresAreEqual) {
  const GroupCurve curve(
      {{true, 0.3}, {true, 0.3}, {true, 0.3}, {true, 0.9}, {false, 0.5}});
  EXPECT_EQ(curve.for_escape(0.5)->threshold, 0.3);
  EXPECT_EQ(curve.for_escape(0.5)->escapes, 0);
  EXPECT_EQ(curve.for_escape(0.75)->threshold, 0.9);
}

TEST(GroupCurve, TakesARateOfWholeSamplesAtItsWord) {
  std::vector<GroupScore> scores;
  for (int i = 0; i < 10; ++i) {
    scores.push_back({true, i / 10.0});
  }
  EXPECT_EQ(GroupCurve(scores).for_escape(0.3)->escapes, 3);
  EXPECT_EQ(GroupCurve(scores).for_escape(0.7)->escapes, 7);
}

TEST(GroupCurve, AssuresAnEscapeRateByItsLimit) {
  std::vector<GroupScore> scores;
  for (int i = 0; i < 100; ++i) {
    scores.push_back({true, i / 100.0});
  }
  const GroupCurve curve(scores);
  // 1 of 100 is at most 4.66 %, 2 of 100 at most 6.16 %.
  EXPECT_EQ(curve.for_assured_escape(0.05)->escapes, 1);
  EXPECT_LE(curve.for_assured_escape(0.05)->escape_limit(), 0.05);
  EXPECT_EQ(curve.for_assured_escape(0.0617)->escapes, 2);
  EXPECT_FALSE(curve.for_assured_escape(0.02).has_value())
      << "no escape of 100 is at most 2.95 %";
  EXPECT_EQ(curve.for_assured_escape(1)->threshold, 1);
}

TEST(RatesWithUnsure, LeaveWhatIsBelowTheThresholdUnjudged) {
  const GroupRates rates = rates_with_unsure(seven_scores(), 0.65);
  EXPECT_EQ(rates.ng_samples, 4);
  EXPECT_EQ(rates.ok_samples, 3);
  EXPECT_EQ(rates.unsure_ng, 1) << "0.6";
  EXPECT_EQ(rates.unsure_ok, 1) << "1 - 0.4";
  EXPECT_EQ(rates.escapes, 1) << "1 - 0.2";
  EXPECT_EQ(rates.overkills, 1) << "0.7";
  EXPECT_EQ(rates_with_unsure(seven_scores(), 0.5).unsure_ng, 0);
}

}  // namespace
}  // namespace convoy
