#include "trainer/report/scaling_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/files.h"
#include "tests/support/temp_dir.h"
#include "trainer/report/baseline.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;

ScalingReport report() {
  ScalingReport r;
  r.config = "configs/a.yaml";
  r.ranks = "2 on node1 (cpu)";
  r.net = "resnet18";
  r.batch_per_rank = 32;
  for (const int ranks : {2, 1}) {
    ScalingRow row;
    row.ranks = ranks;
    row.images_per_second = ranks == 1 ? 100 : 170;
    row.least = row.images_per_second - 5;
    row.most = row.images_per_second + 5;
    row.phases = {0.001, 0.25, 0.03, 0.004};
    r.rows.push_back(row);
  }
  compare_rows(r.rows);
  return r;
}

TEST(ScalingReport, HoldsRatesSpeedupAndEfficiencyByRanks) {
  const auto json = nlohmann::json::parse(scaling_json(report(), 2));
  EXPECT_EQ(json["batch_per_rank"], 32);
  EXPECT_EQ(json["net"], "resnet18");
  EXPECT_EQ(json["data"], "real");
  ASSERT_EQ(json["rows"].size(), 2u);
  const auto& two = json["rows"][0];
  EXPECT_EQ(two["ranks"], 2);
  EXPECT_EQ(two["images_per_second"], 170);
  EXPECT_EQ(two["min"], 165);
  EXPECT_EQ(two["max"], 175);
  EXPECT_EQ(two["speedup"], 1.7);
  EXPECT_EQ(two["efficiency"], 0.85);
  EXPECT_EQ(two["phase_ms"]["compute"], 250);
}

TEST(ScalingReport, IsABaselineForRuns) {
  const testing::TempDir dir;
  testing::write_text(dir / "scaling.json", scaling_json(report(), 2));
  EXPECT_EQ(read_baseline(dir / "scaling.json"), 100);
}

TEST(ScalingReport, AsATableHasALineForEachNumberOfRanks) {
  const std::string table = scaling_table(report().rows);
  EXPECT_THAT(table, HasSubstr("ranks   images/s"));
  EXPECT_THAT(
      table,
      HasSubstr(
          "\n    2      170.0         165.0..175.0     1.70       0.850"));
}

}  // namespace
}  // namespace convoy
