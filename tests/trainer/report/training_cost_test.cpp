#include "trainer/report/training_cost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr const char* kSummary =
    "epoch,step,train_loss,eval_top1\n"
    "1.0000,10,2.5,40.5\n"
    "2.0000,20,2.0,\n"
    "3.0000,30,1.5,71.25\n"
    "4.0000,40,1.4,70\n";

TEST(TrainingTime, IsOfAllEpochsOnAllRanks) {
  const TrainingPlan plan{
      .epochs = 90, .why = "", .images = 1280000, .price = 2.0};
  const TrainingTime time = training_time(plan, 4000, 8);
  EXPECT_DOUBLE_EQ(time.epoch_s, 320);
  EXPECT_DOUBLE_EQ(time.hours, 8);
  EXPECT_DOUBLE_EQ(time.days, 1 / 3.);
  EXPECT_DOUBLE_EQ(time.cost.value(), 128);
  EXPECT_FALSE(training_time({.epochs = 1}, 1, 1).cost);
}

TEST(EpochsToAccuracy, IsTheFirstEvaluationThatGetsThere) {
  EXPECT_EQ(epochs_to_accuracy(kSummary, 40.5, "a.csv"), 1);
  EXPECT_EQ(epochs_to_accuracy(kSummary, 41, "a.csv"), 3);
}

TEST(EpochsToAccuracy, SaysWhatWasReachedAtBest) {
  EXPECT_THAT(
      [] { epochs_to_accuracy(kSummary, 90, "a.csv"); },
      ThrowsMessage<UsageError>(AllOf(
          HasSubstr("--to-accuracy 90"),
          HasSubstr("a.csv reached 71.25 at best, in epoch 3"))));
}

TEST(EpochsToAccuracy, RefusesWhatIsNoHistory) {
  const auto refusal = [](const char* text, const char* complaint) {
    EXPECT_THAT(
        [&] { epochs_to_accuracy(text, 90, "a.csv"); },
        ThrowsMessage<BadData>(HasSubstr(complaint)));
  };
  refusal("", "a.csv: no column epoch");
  refusal("epoch,step\n1,2\n", "a.csv: no column eval_top1");
  refusal("epoch,eval_top1\n1,\n", "no epoch was evaluated");
  refusal("epoch,eval_top1\n1,x\n", "a.csv line 2: want a number in column 2");
}

}  // namespace
}  // namespace convoy
