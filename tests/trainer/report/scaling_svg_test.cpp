#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/trainer/report/scaling_made.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + 1)) {
    ++found;
  }
  return found;
}

TEST(ScalingSvg, MarksWhatIsMeasuredWithItsRangeAndEfficiency) {
  const std::string svg = scaling_svg(testing::made_report());
  // Of 78 to 486 pixels 1 / 1.3 to 2 * 1.3 ranks: 1 lies at 165.9.
  EXPECT_THAT(svg, HasSubstr("<circle cx=\"165.9\""));
  EXPECT_THAT(svg, HasSubstr(">80 %<"));
  EXPECT_THAT(svg, HasSubstr(">real data, weak scaling<"));
  EXPECT_EQ(count(svg, "<circle"), 3u);  // one is the legend's
}

TEST(ScalingSvg, StacksTheTimeOfAStep) {
  const std::string svg = scaling_svg(testing::made_report());
  EXPECT_THAT(svg, HasSubstr("<title>compute 300.00 ms</title>"));
  EXPECT_THAT(svg, HasSubstr("<title>skew 10.00 ms</title>"));
  EXPECT_THAT(svg, HasSubstr(">400<"));
  // Above 0 are four parts of one rank's step and six of two ranks'.
  EXPECT_EQ(count(svg, "<title>"), 10u);
}

TEST(ScalingSvg, DrawsPredictionsBeyondWhatIsMeasured) {
  ScalingReport report = testing::made_report();
  EXPECT_EQ(count(scaling_svg(report), "<path"), 2u);  // the legend's, and 2
  report.predictions = {testing::made_forecast()};
  const std::string svg = scaling_svg(report);
  EXPECT_EQ(count(svg, "<path"), 3u);
  EXPECT_THAT(svg, HasSubstr(">8</text>"));
}

TEST(ScalingSvg, DrawsASingleNumberOfRanks) {
  ScalingReport report = testing::made_report();
  report.rows = {testing::made_row(1)};
  compare_rows(report.rows);
  const std::string svg = scaling_svg(report);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

TEST(ScalingSvg, EscapesNames) {
  ScalingReport report = testing::made_report();
  report.net = "a<b";
  EXPECT_THAT(scaling_svg(report), HasSubstr("Scaling of a&lt;b:"));
}

}  // namespace
}  // namespace convoy
