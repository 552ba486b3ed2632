#include "trainer/loop/same_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// A step of 24 samples, 4 of them right, all with the scores of the first.
StepFigures dead() {
  StepFigures f;
  f.loss = 24 * 1.791759469;
  f.top1 = 4;
  f.samples = 24;
  return f;
}

/// At which of `steps` equal steps the warning comes; 0: at none.
int when(const StepFigures& figures, int ranks = 2, int steps = 30) {
  SameScores watch(ranks);
  int at = 0;
  for (int step = 1; step <= steps; ++step) {
    if (watch.observe(figures)) {
      EXPECT_EQ(at, 0) << "once";
      at = step;
    }
  }
  return at;
}

TEST(SameScores, AreToldOnceAfterTenSteps) {
  EXPECT_EQ(when(dead()), SameScores::kSteps);
}

TEST(SameScores, MayComeWithAGradientOfTheBiasAlone) {
  StepFigures f = dead();
  f.gradient_norm = 0.3;
  EXPECT_EQ(when(f), SameScores::kSteps);
}

TEST(SameScores, AreNoneWhereOneSampleDiffers) {
  StepFigures f = dead();
  f.gradient_norm = 0.3;
  f.differing = 1;
  EXPECT_EQ(when(f), 0);
}

TEST(SameScores, CountAGradientOfZeroWhateverTheScores) {
  StepFigures f = dead();
  f.differing = 20;
  EXPECT_EQ(when(f), SameScores::kSteps);
  f.top1 = f.samples;  // known by heart
  EXPECT_EQ(when(f), 0);
}

TEST(SameScores, AreNotComparedWhereARankHasASingleSample) {
  StepFigures f = dead();
  f.gradient_norm = 0.3;
  EXPECT_EQ(when(f, /*ranks=*/12), SameScores::kSteps);
  EXPECT_EQ(when(f, /*ranks=*/13), 0);
}

TEST(SameScores, StartAnewAfterAStepThatToldPicturesApart) {
  SameScores watch(1);
  StepFigures alive = dead();
  alive.differing = 23;
  alive.gradient_norm = 1;
  StepFigures skipped = dead();
  skipped.nonfinite = true;
  for (int i = 1; i < SameScores::kSteps; ++i) {
    EXPECT_FALSE(watch.observe(dead()));
  }
  EXPECT_FALSE(watch.observe(skipped)) << "counts for nothing";
  EXPECT_FALSE(watch.observe(alive));
  for (int i = 1; i < SameScores::kSteps; ++i) {
    EXPECT_FALSE(watch.observe(dead()));
  }
  EXPECT_TRUE(watch.observe(dead()));
}

TEST(SameScores, WarnWithWhatWasSeenAndWhatToSet) {
  StepFigures f = dead();
  f.step = 41;
  EXPECT_THAT(
      same_scores_warning(f, 0.08, {.lr = 0.04}),
      AllOf(
          HasSubstr("10 steps in a row, up to step 42, every picture got the "
                    "same scores (loss 1.7918, Acc@1 16.7, gradient norm 0)"),
          HasSubstr("0.08 here"),
          HasSubstr("optimizer.lr=0.004"),
          HasSubstr("schedule.warmup_epochs")));
  f.differing = 3;
  EXPECT_THAT(
      same_scores_warning(f, 0.08, {}),
      AllOf(
          HasSubstr("the gradient was exactly 0"),
          Not(HasSubstr("same scores"))));
}

}  // namespace
}  // namespace convoy
