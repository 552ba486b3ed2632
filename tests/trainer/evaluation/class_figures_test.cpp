// By hand: three classes, ten samples.
//
//            taken for  a  b  c
//   true a              3  1  0
//   true b              1  2  2
//   true c              0  1  0

#include "trainer/evaluation/class_figures.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/trainer/evaluation/made.h"

namespace convoy {
namespace {

using testing::taken;

std::vector<SampleResult> ten_samples() {
  return {
      taken(0, 0, 0.9),
      taken(0, 0, 0.8),
      taken(0, 0, 0.4),
      taken(0, 1, 0.6),
      taken(1, 0, 0.5),
      taken(1, 1, 0.7),
      taken(1, 1, 0.9),
      taken(1, 2, 0.3),
      taken(1, 2, 0.6),
      taken(2, 1, 0.8)};
}

TEST(ConfusionMatrix, CountsRowsOfTrueAndColumnsOfPredictedClasses) {
  const ConfusionMatrix matrix(ten_samples(), 3);
  const std::vector<std::vector<int>> wanted{{3, 1, 0}, {1, 2, 2}, {0, 1, 0}};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      EXPECT_EQ(matrix.at(row, column), wanted[row][column]);
    }
  }
  EXPECT_EQ(matrix.support(1), 5);
  EXPECT_EQ(matrix.predictions(1), 4);
  EXPECT_FALSE(matrix.has_unsure());
  EXPECT_EQ(matrix.unsure(0), 0);
}

TEST(ConfusionMatrix, PutsWhatIsBelowTheThresholdIntoAColumnOfItsOwn) {
  const ConfusionMatrix matrix(ten_samples(), 3, 0.6);
  EXPECT_EQ(matrix.columns(), 4);
  EXPECT_EQ(matrix.at(0, 0), 2);
  EXPECT_EQ(matrix.unsure(0), 1);
  EXPECT_EQ(matrix.at(1, 2), 1) << "0.6 is not below 0.6";
  EXPECT_EQ(matrix.unsure(1), 2);
  EXPECT_EQ(matrix.support(1), 5);
}

TEST(ClassFigures, AreThoseOfTheMatrix) {
  const auto samples = ten_samples();
  const auto classes = class_figures(samples, ConfusionMatrix(samples, 3));
  EXPECT_DOUBLE_EQ(classes[0].top1().precision, 3.0 / 4);
  EXPECT_DOUBLE_EQ(classes[0].top1().recall, 3.0 / 4);
  EXPECT_DOUBLE_EQ(classes[0].top1().f1, 3.0 / 4);
  EXPECT_DOUBLE_EQ(classes[1].top1().precision, 2.0 / 4);
  EXPECT_DOUBLE_EQ(classes[1].top1().recall, 2.0 / 5);
  EXPECT_DOUBLE_EQ(classes[1].top1().f1, 4.0 / 9);
  EXPECT_DOUBLE_EQ(classes[1].top5().recall, 1);
  EXPECT_EQ(classes[1].taken_for, 2);
  EXPECT_EQ(classes[1].taken_for_times, 2);
  EXPECT_DOUBLE_EQ(classes[2].top1().precision, 0);
  EXPECT_DOUBLE_EQ(classes[2].top1().recall, 0);
}

TEST(ClassFigures, HaveNoValueWhereThereIsNothingToDivideBy) {
  const std::vector<SampleResult> samples{taken(0, 1), taken(1, 1)};
  const auto classes = class_figures(samples, ConfusionMatrix(samples, 3));
  EXPECT_TRUE(std::isnan(classes[0].top1().precision)) << "never predicted";
  EXPECT_TRUE(std::isnan(classes[2].top1().recall)) << "no samples";
  EXPECT_TRUE(std::isnan(classes[2].top1().f1));
  EXPECT_EQ(classes[2].taken_for, kNoClass);
}

/// Below the top five.
SampleResult missed(std::int64_t label, std::int64_t predicted) {
  SampleResult sample = taken(label, predicted);
  sample.rank = kTopClasses;
  return sample;
}

TEST(ClassFigures, OfTheTopFiveTakeASampleForItsOwnClassWhereItIsAmongThem) {
  const std::vector<SampleResult> samples{
      taken(0, 0), taken(0, 1), missed(0, 1), taken(1, 0), missed(2, 1)};
  const auto classes = class_figures(samples, ConfusionMatrix(samples, 4));
  EXPECT_DOUBLE_EQ(classes[0].top5().precision, 1) << "1 taken for 0 is near";
  EXPECT_DOUBLE_EQ(classes[0].top5().recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(classes[0].top5().f1, 4.0 / 5);
  EXPECT_DOUBLE_EQ(classes[1].top5().precision, 1.0 / 3);
  EXPECT_DOUBLE_EQ(classes[1].top5().recall, 1);
  EXPECT_TRUE(std::isnan(classes[2].top5().precision)) << "never taken";
  const Averages a = averages_of(classes);
  EXPECT_DOUBLE_EQ(a.macro5.precision, (1 + 1.0 / 3 + 0) / 3);
  EXPECT_DOUBLE_EQ(a.macro5.recall, (2.0 / 3 + 1 + 0) / 3);
  EXPECT_DOUBLE_EQ(a.macro5.f1, (4.0 / 5 + 1.0 / 2 + 0) / 3);
  EXPECT_DOUBLE_EQ(a.micro5.precision, 3.0 / 5);
  EXPECT_DOUBLE_EQ(a.micro5.recall, 3.0 / 5);
}

TEST(ClassFigures, OfTheTopFiveDoNotDependOnTheThreshold) {
  const auto samples = ten_samples();
  const auto classes = class_figures(samples, ConfusionMatrix(samples, 3, 0.6));
  EXPECT_EQ(classes[0].predicted5, 4);
  EXPECT_EQ(classes[0].hits5, 4);
}

TEST(Averages, AreMeansOverClassesAndOverSamples) {
  const auto samples = ten_samples();
  const Averages a =
      averages_of(class_figures(samples, ConfusionMatrix(samples, 3)));
  EXPECT_DOUBLE_EQ(a.macro.precision, (3.0 / 4 + 2.0 / 4 + 0) / 3);
  EXPECT_DOUBLE_EQ(a.macro.recall, (3.0 / 4 + 2.0 / 5 + 0) / 3);
  EXPECT_DOUBLE_EQ(a.macro.f1, (3.0 / 4 + 4.0 / 9 + 0) / 3);
  EXPECT_DOUBLE_EQ(a.macro5.recall, 1);
  EXPECT_DOUBLE_EQ(a.micro.precision, 0.5);
  EXPECT_DOUBLE_EQ(a.micro.recall, 0.5);
  EXPECT_DOUBLE_EQ(a.micro.f1, 0.5);
}

TEST(Averages, LeaveClassesWithoutSamplesOut) {
  const std::vector<SampleResult> samples{taken(0, 1), taken(1, 1)};
  const Averages a =
      averages_of(class_figures(samples, ConfusionMatrix(samples, 3)));
  EXPECT_DOUBLE_EQ(a.macro.recall, 0.5) << "of two classes, not of three";
  EXPECT_DOUBLE_EQ(a.macro.precision, 0.25) << "0 for class 0, 1/2 for class 1";
  EXPECT_TRUE(std::isnan(averages_of({}).macro.recall));
}

TEST(Averages, CountAnUnsureSampleAsMissedAndNotAsPredicted) {
  const auto samples = ten_samples();
  const Averages a =
      averages_of(class_figures(samples, ConfusionMatrix(samples, 3, 0.6)));
  EXPECT_DOUBLE_EQ(a.micro.precision, 4.0 / 7);
  EXPECT_DOUBLE_EQ(a.micro.recall, 4.0 / 10);
}

}  // namespace
}  // namespace convoy
