#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/trainer/report/scaling_made.h"
#include "trainer/report/scaling_table_parts.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kReal;
using testing::made_report;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ScalingTables, HaveALineForEachNumberOfRanks) {
  const ReportTable table = series_table(made_report(), kReal);
  EXPECT_THAT(table.title, StartsWith("real data, weak scaling: 32 samples a"));
  EXPECT_THAT(
      table.rows,
      ElementsAre(
          ElementsAre(
              "1",
              "100.0",
              "95.0..105.0",
              "1.00",
              "1.000",
              "320.0",
              "10.0",
              "260.0",
              "0.0",
              "0.0",
              "40.0",
              "10.0"),
          ElementsAre(
              "2",
              "160.0",
              "155.0..165.0",
              "1.60",
              "0.800",
              "400.0",
              "20.0",
              "300.0",
              "10.0",
              "20.0",
              "40.0",
              "10.0")));
}

TEST(ScalingTables, ShareOutWhatIsLost) {
  const ReportTable table = lost_table(made_report(), kReal);
  EXPECT_THAT(table.title, HasSubstr("against 1 rank,"));
  EXPECT_THAT(
      table.rows,
      ElementsAre(
          ElementsAre("2", "20.0", "2.5", "10.0", "2.5", "5.0", "0.0", "0.0")));
}

TEST(ScalingTables, ShowEachOfTheMostRanks) {
  EXPECT_THAT(
      ranks_table(made_report(), kReal).rows,
      ElementsAre(
          ElementsAre("0", "node1", "10.0", "250.0", "30.0", "40.0"),
          ElementsAre("1", "node1", "10.0", "250.0", "30.0", "40.0")));
}

TEST(ScalingTables, ShowTheSlowestOfManyRanks) {
  ScalingReport report = made_report();
  ScalingRow& most = report.rows[0];
  most.ranks = 40;
  report.hosts.assign(40, "node1");
  most.by_rank.assign(40, {0, 1, 0, 0});
  most.by_rank[7][1] = 2;
  most.by_rank[38][0] = 0.5;
  const ReportTable table = ranks_table(report, kReal);
  EXPECT_THAT(table.title, HasSubstr("the slowest of 40 ranks"));
  ASSERT_EQ(table.rows.size(), 16u);
  EXPECT_EQ(table.rows[7][0], "7");
  EXPECT_EQ(table.rows.back()[0], "38");
}

TEST(ScalingTables, PutPredictedBesideMeasured) {
  EXPECT_THAT(
      checks_table(made_report()).rows,
      ElementsAre(ElementsAre(
          "real", "weak", "2", "20.0", "1.00", "199.3", "160.0", "+24.6")));
}

TEST(ScalingTables, TellTimeAndCost) {
  ScalingReport report = made_report();
  report.predictions = {testing::made_forecast()};
  report.plan = testing::made_plan();
  const ReportTable table = time_table(report);
  EXPECT_THAT(
      table.title,
      StartsWith("10 epochs (as asked) of 36000 images, at 2.5 a rank and "));
  EXPECT_THAT(
      table.rows[1],
      ElementsAre("real", "weak", "1", "measured", "6", "1", "0.0417", "2.50"));
  EXPECT_THAT(
      table.rows[2],
      ElementsAre(
          "real",
          "weak",
          "8",
          "predicted",
          "0.938",
          "0.156",
          "0.00651",
          "3.12"));
  report.plan->price.reset();
  EXPECT_EQ(time_table(report).rows[1].back(), "-");
}

TEST(ScalingTables, LeaveOutWhatSaysNothing) {
  ScalingReport report = made_report();
  report.rows = {testing::made_row(1)};
  compare_rows(report.rows);
  EXPECT_EQ(scaling_tables(report).size(), 1u);
  EXPECT_EQ(scaling_tables(made_report()).size(), 4u);
}

TEST(ScalingTables, AreMarkdownWithThePicture) {
  const std::string text = scaling_markdown(made_report(), "a.svg");
  EXPECT_THAT(text, StartsWith("# Scaling of resnet18\n"));
  EXPECT_THAT(text, HasSubstr("](a.svg)\n"));
  EXPECT_THAT(
      text, HasSubstr("\n| 2 | 160.0 | 155.0..165.0 | 1.60 | 0.800 | "));
  EXPECT_THAT(text, Not(HasSubstr("predicted, not measured")));
}

}  // namespace
}  // namespace convoy
