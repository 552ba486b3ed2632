#include "trainer/report/lr_range_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace convoy {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A test from 1e-5 on, a decade a step.
LrRangeReport report_of(const std::vector<double>& losses) {
  LrRangeReport r;
  r.title = "resnet18";
  r.steps = 8;
  r.global_batch = 512;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const double lr = std::pow(10, static_cast<double>(i) - 5);
    r.range.points.push_back({lr, losses[i] + 0.5, losses[i]});
  }
  r.range.end = "the loss left";
  r.suggestion = suggest_lr(r.range.points);
  return r;
}

TEST(LrRangeReport, AdvisesWithTheRuleAndTheKey) {
  EXPECT_EQ(
      lr_range_advice(report_of({4, 3.9, 3, 2, 1.9, 5})),
      "6 of 8 steps: the loss left\n"
      "suggested peak rate: 0.01, a tenth of 0.1, from where the smoothed loss "
      "rises; it falls most steeply at 0.001\n"
      "set optimizer.lr=0.01\n");
  EXPECT_THAT(
      lr_range_advice(report_of({4, 3.9, 3, 2})),
      HasSubstr("0.001, where the smoothed loss falls most steeply; it never "
                "rose, so higher rates may do as well\n"));
}

TEST(LrRangeReport, NamesTheKeysValueBeforeScaling) {
  LrRangeReport r = report_of({4, 3.9, 3, 2, 1.9, 5});
  r.optimizer.lr_scaling = LrScaling::linear;
  r.optimizer.lr_batch = 256;
  EXPECT_THAT(
      lr_range_advice(r),
      EndsWith("set optimizer.lr=0.005, which optimizer.lr_scaling multiplies "
               "by 2\n"));
}

TEST(LrRangeReport, SaysWhyItSuggestsNothing) {
  EXPECT_THAT(
      lr_range_advice(report_of({4, 4, 5, 9})), HasSubstr("never fell by 1 %"));
  EXPECT_THAT(
      lr_range_advice(report_of({4})), HasSubstr("the loss left at once"));
  LrRangeReport stopped = report_of({4});
  stopped.range.stopped = true;
  EXPECT_THAT(lr_range_advice(stopped), HasSubstr("the curve is not whole"));
}

TEST(LrRangeReport, TablesTwentyRowsAndTheLastStep) {
  std::vector<LrPoint> points;
  for (int i = 1; i <= 101; ++i) {
    points.push_back({0.001 * i, 2, 1.0 / i});
  }
  const std::string table = lr_range_table(points);
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 21);
  EXPECT_THAT(table, StartsWith("      rate  smoothed loss\n"));
  EXPECT_THAT(table, EndsWith("     0.101         0.0099\n"));
  points.resize(5);
  const std::string few = lr_range_table(points);
  EXPECT_EQ(std::count(few.begin(), few.end(), '\n'), 6);
  EXPECT_THAT(few, HasSubstr("     0.001         1.0000\n"));
}

TEST(LrRangeReport, WritesARowForEachStep) {
  EXPECT_EQ(
      lr_range_csv(report_of({4, 3.25}).range.points),
      "step,lr,loss,smoothed_loss\n"
      "1,1e-05,4.500000,4.000000\n"
      "2,0.0001,3.750000,3.250000\n");
}

TEST(LrRangeReport, DrawsMarksAtTheirRates) {
  // 1e-5 to 1 lie between 64 and 736 pixels: 134.4 a decade.
  const std::string svg = lr_range_svg(report_of({4, 3.9, 3, 2, 1.9, 5}));
  const auto mark = [&](const std::string& name) {
    const std::size_t begin = svg.find("<g id=\"" + name + "\"");
    EXPECT_NE(begin, std::string::npos) << name;
    return svg.substr(begin, svg.find("</g>", begin) - begin);
  };
  EXPECT_THAT(mark("suggested"), HasSubstr("x1=\"467.2\""));
  EXPECT_THAT(mark("suggested"), HasSubstr(">suggested 0.01<"));
  EXPECT_THAT(mark("steepest"), HasSubstr("x1=\"332.8\""));
  EXPECT_THAT(mark("rises"), HasSubstr("x1=\"601.6\""));
  EXPECT_THAT(svg, HasSubstr(">1e-05<"));
  EXPECT_EQ(std::count(svg.begin(), svg.end(), '\n') > 6, true);
}

TEST(LrRangeReport, DrawsLossesThatLeftThePaperAtItsEdge) {
  const std::string svg = lr_range_svg(report_of({4, 3, 1e30}));
  EXPECT_THAT(svg, Not(HasSubstr("e+")));
  EXPECT_LT(svg.size(), 10000u);
}

TEST(LrRangeReport, DrawsATestOfNoStep) {
  const std::string svg = lr_range_svg(report_of({}));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

}  // namespace
}  // namespace convoy
