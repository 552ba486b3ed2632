#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/trainer/report/scaling_made.h"
#include "trainer/evaluation/csv.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;

std::string at(
    const std::vector<CsvRow>& rows, std::size_t row, const char* column) {
  const auto& titles = rows[0].fields;
  const auto found = std::find(titles.begin(), titles.end(), column);
  return rows[row].fields.at(static_cast<std::size_t>(found - titles.begin()));
}

TEST(ScalingCsv, HasARowForEachMeasuredAndPredictedNumberOfRanks) {
  ScalingReport report = testing::made_report();
  report.predictions = {testing::made_forecast()};
  report.plan = testing::made_plan();
  const auto rows = read_csv(scaling_csv(report));
  ASSERT_EQ(rows.size(), 4u);
  for (const CsvRow& row : rows) {
    EXPECT_EQ(row.fields.size(), rows[0].fields.size());
  }
  EXPECT_EQ(at(rows, 1, "kind"), "measured");
  EXPECT_EQ(at(rows, 1, "ranks"), "2");
  EXPECT_EQ(at(rows, 1, "global_batch"), "64");
  EXPECT_EQ(at(rows, 1, "images_per_second"), "160");
  EXPECT_EQ(at(rows, 1, "max"), "165");
  EXPECT_EQ(at(rows, 1, "efficiency"), "0.8");
  EXPECT_EQ(at(rows, 1, "step_ms"), "400");
  EXPECT_EQ(at(rows, 1, "skew_ms"), "10");
  EXPECT_EQ(at(rows, 1, "lost_comm"), "0.05");
  EXPECT_EQ(at(rows, 1, "predicted_images_per_second"), "199.334");
  EXPECT_EQ(at(rows, 2, "predicted_images_per_second"), "");
  EXPECT_EQ(at(rows, 2, "hours"), "1");
  EXPECT_EQ(at(rows, 2, "cost"), "2.5");
  EXPECT_EQ(at(rows, 3, "kind"), "predicted");
  EXPECT_EQ(at(rows, 3, "images_per_second"), "");
  EXPECT_EQ(at(rows, 3, "efficiency"), "0.8");
  EXPECT_EQ(at(rows, 3, "step_ms"), "400");
  EXPECT_EQ(at(rows, 3, "predicted_images_per_second"), "640");
}

TEST(ScalingCsv, LeavesTimesEmptyWhereNothingIsPlanned) {
  EXPECT_THAT(scaling_csv(testing::made_report()), HasSubstr(",,,,\n"));
}

TEST(ScalingCsv, HasARowForEachRank) {
  EXPECT_EQ(
      scaling_ranks_csv(testing::made_report()),
      "data,mode,ranks,rank,host,data_ms,compute_ms,comm_ms,optimizer_ms\n"
      "real,weak,2,0,node1,10,250,30,40\n"
      "real,weak,2,1,node1,10,250,30,40\n"
      "real,weak,1,0,node1,10,250,30,40\n");
}

}  // namespace
}  // namespace convoy
