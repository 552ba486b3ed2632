#include "trainer/loop/step_parts.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

double of(const StepParts& parts, StepPart part) {
  return parts[static_cast<std::size_t>(part)];
}

// Phases: data, compute, communication, optimizer.

TEST(StepParts, OfOneRankAreItsPhases) {
  const StepParts parts =
      parts_of_step({{{0.1, 2, 0.25, 0.5}, {0.3, 4, 0.25, 0.5}}}, 4.5);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::data), 0.2);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::compute), 3);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::skew), 0);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::communication), 0.25);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::optimizer), 0.5);
  EXPECT_NEAR(of(parts, StepPart::other), 0.55, 1e-12);
  EXPECT_DOUBLE_EQ(sum_of(parts), 4.5);
}

TEST(StepParts, WaitingForASlowRankIsSkewAndNotCommunication) {
  const StepParts parts =
      parts_of_step({{{0, 1, 2.5, 0}}, {{0, 3, 0.5, 0}}}, 3.5);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::compute), 2);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::skew), 1);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::communication), 0.5);
  EXPECT_NEAR(of(parts, StepPart::other), 0, 1e-12);
}

TEST(StepParts, RanksThatAreSlowInTurnAreSkewThoughTheirMeansAreEqual) {
  const StepParts parts = parts_of_step(
      {{{0, 1, 2, 0}, {0, 3, 0, 0}}, {{0, 3, 0, 0}, {0, 1, 2, 0}}}, 3);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::compute), 2);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::skew), 1);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::communication), 0);
}

TEST(StepParts, WaitingForARankWithoutDataIsData) {
  const StepParts parts =
      parts_of_step({{{0, 2, 1.5, 0}}, {{1.5, 2, 0, 0}}}, 3.5);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::data), 1.5);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::skew), 0);
  EXPECT_DOUBLE_EQ(of(parts, StepPart::communication), 0);
}

TEST(LostParts, AddUpToWhatTheEfficiencyLacks) {
  const StepParts fewest{0.1, 2, 0, 0, 0.5, 0.1};
  const StepParts more{0.2, 2.5, 0.3, 0.4, 0.5, 0.1};
  const StepParts lost = lost_parts(fewest, 1, more);
  EXPECT_DOUBLE_EQ(of(lost, StepPart::data), 0.1 / 4);
  EXPECT_DOUBLE_EQ(of(lost, StepPart::compute), 0.5 / 4);
  EXPECT_DOUBLE_EQ(of(lost, StepPart::skew), 0.3 / 4);
  EXPECT_DOUBLE_EQ(of(lost, StepPart::communication), 0.4 / 4);
  EXPECT_DOUBLE_EQ(of(lost, StepPart::optimizer), 0);
  EXPECT_DOUBLE_EQ(sum_of(lost), 1 - 2.7 / 4);
}

TEST(LostParts, OfASharedBatchCountWhatDoesNotShrinkWithIt) {
  // Two ranks with half the samples: everything ought to take half.
  const StepParts lost =
      lost_parts({0, 4, 0, 0, 1, 0}, 0.5, {0, 2, 0, 0, 1, 0});
  EXPECT_DOUBLE_EQ(of(lost, StepPart::compute), 0);
  EXPECT_DOUBLE_EQ(of(lost, StepPart::optimizer), 0.5 / 3);
}

TEST(LostParts, OfNothingAreNothing) {
  EXPECT_EQ(sum_of(lost_parts({}, 1, {})), 0);
}

TEST(MeanPhases, AreTheMeanOfEach) {
  EXPECT_EQ(
      mean_phases({{1, 2, 3, 4}, {3, 4, 5, 6}}), (PhaseSeconds{2, 3, 4, 5}));
}

}  // namespace
}  // namespace convoy
