#include "trainer/report/lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

IntervalRecord record() {
  IntervalRecord r;
  r.step = 260;
  r.sums = {.loss = 125, .top1 = 61, .top5 = 90, .samples = 100};
  r.lr = 0.05;
  r.images_per_second = 123.44;
  r.seconds = 26;
  r.mean = {0.1, 0.6, 0.2, 0.1};
  r.least = {0.0, 0.5, 0.1, 0.1};
  r.most = {0.2, 0.7, 0.3, 0.1};
  r.memory_mb = 512.4;
  return r;
}

constexpr RunLength kThreeThousandSteps{
    .steps_per_epoch = 120, .total_steps = 3000};

TEST(IntervalLine, ReadsAsTorchvisionsOnOneRank) {
  EXPECT_EQ(
      interval_line(record(), kThreeThousandSteps, 25),
      "Epoch: [3/25] [20/120] loss 1.2500 Acc@1 61.00 Acc@5 90.00 lr 0.05 "
      "img/s 123.4 | data 10% compute 60% comm 20% optimizer 10% | peak 512 MB "
      "eta "
      "4:34");
}

TEST(IntervalLine, GivesExtremesAndTheSlowestOfSeveralRanks) {
  IntervalRecord r = record();
  r.ranks = 2;
  r.slowest = "rank 1 (node7)";
  r.speedup = 1.9;
  r.efficiency = 0.95;
  r.device_memory_mb = 2048;
  const std::string line = interval_line(r, kThreeThousandSteps, 25);
  EXPECT_THAT(line, HasSubstr("img/s 123.4 (61.7 a rank) |"));
  EXPECT_THAT(line, HasSubstr("data 10% (0..20) compute 60% (50..70)"));
  EXPECT_THAT(line, HasSubstr("slowest rank 1 (node7) |"));
  EXPECT_THAT(line, HasSubstr("| speedup 1.90 efficiency 0.95 |"));
  EXPECT_THAT(line, HasSubstr("| peak 512 MB + 2048 MB GPU eta"));
}

TEST(IntervalLine, CountsTheLastStepOfAnEpochToIt) {
  IntervalRecord r = record();
  r.step = 240;
  EXPECT_THAT(
      interval_line(r, kThreeThousandSteps, 0),
      StartsWith("Epoch: [2] [120/120] "));
  r.step = 1;
  EXPECT_THAT(
      interval_line(r, kThreeThousandSteps, 0),
      StartsWith("Epoch: [1] [1/120] "));
}

TEST(IntervalLine, ShowsSmallRatesToo) {
  IntervalRecord r = record();
  r.lr = 3e-7;
  EXPECT_THAT(
      interval_line(r, kThreeThousandSteps, 1), HasSubstr(" lr 3e-07 "));
  r.lr = 0.0123456;
  EXPECT_THAT(
      interval_line(r, kThreeThousandSteps, 1), HasSubstr(" lr 0.01235 "));
}

TEST(EvaluationLine, NamesFiguresAndSamples) {
  const Validation figures{
      {.loss = 480, .top1 = 873, .top5 = 991, .samples = 1000},
      {.precision = 0.9, .recall = 0.5, .f1 = 0.625}};
  EXPECT_EQ(
      evaluation_line(figures, BestBy::loss, 3.21),
      "Test: Acc@1 87.300 Acc@5 99.100 loss 0.4800 (1000 samples in 3.2 s)");
  EXPECT_THAT(
      evaluation_line(figures, BestBy::macro_f1, 3.21),
      HasSubstr(" loss 0.4800 macro_f1 62.500 (1000 "));
  EXPECT_EQ(
      macro_figure(figures.macro, BestBy::macro_precision),
      " macro_precision 90.000");
  EXPECT_EQ(
      macro_figure(figures.macro, BestBy::macro_recall),
      " macro_recall 50.000");
}

TEST(ProgressDetails, StayInTheEpochThatEnds) {
  const Sums sums{.loss = 6, .top1 = 3, .samples = 4};
  EXPECT_EQ(
      progress_details(sums, 1.5, 99.6),
      "epoch 2 loss 1.500 Acc@1 75.0 100 img/s");
  EXPECT_THAT(progress_details(sums, 0, 1), StartsWith("epoch 1 "));
  EXPECT_THAT(progress_details(sums, 2, 1), StartsWith("epoch 2 "));
  EXPECT_EQ(progress_details({}, 1.5, 99.6), "epoch 2 100 img/s")
      << "of steps that all were skipped there is no loss";
}

}  // namespace
}  // namespace convoy
