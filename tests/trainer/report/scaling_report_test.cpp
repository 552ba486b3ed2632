#include "trainer/report/scaling_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/files.h"
#include "tests/support/temp_dir.h"
#include "tests/trainer/report/scaling_made.h"
#include "trainer/report/baseline.h"

namespace convoy {
namespace {

using nlohmann::json;
using testing::made_report;

TEST(ScalingReport, HoldsRatesSpeedupAndEfficiencyByRanks) {
  const auto report = json::parse(scaling_json(made_report(), 2));
  EXPECT_EQ(report["net"], "resnet18");
  ASSERT_EQ(report["rows"].size(), 2u);
  const auto& two = report["rows"][0];
  EXPECT_EQ(two["data"], "real");
  EXPECT_EQ(two["mode"], "weak");
  EXPECT_EQ(two["ranks"], 2);
  EXPECT_EQ(two["global_batch"], 64);
  EXPECT_EQ(two["batch_per_rank"], 32);
  EXPECT_EQ(two["images_per_second"], 160);
  EXPECT_EQ(two["min"], 155);
  EXPECT_EQ(two["max"], 165);
  EXPECT_EQ(two["speedup"], 1.6);
  EXPECT_EQ(two["efficiency"], 0.8);
  EXPECT_EQ(two["phase_ms"]["compute"], 250);
}

TEST(ScalingReport, HoldsPartsLossesAndRanksOfAStep) {
  const auto two = json::parse(scaling_json(made_report()))["rows"][0];
  EXPECT_NEAR(two["step_ms"], 400, 1e-9);
  EXPECT_EQ(two["part_ms"]["skew"], 10);
  EXPECT_NEAR(two["lost"]["comm"], 0.05, 1e-12);
  double lost = 0;
  for (const auto& [part, share] : two["lost"].items()) {
    lost += share.get<double>();
  }
  EXPECT_NEAR(lost, 1 - two["efficiency"].get<double>(), 1e-12);
  ASSERT_EQ(two["by_rank"].size(), 2u);
  EXPECT_EQ(two["by_rank"][1]["rank"], 1);
  EXPECT_EQ(two["by_rank"][1]["host"], "node1");
  EXPECT_EQ(two["by_rank"][1]["optimizer"], 40);
  EXPECT_NEAR(two["all_reduce"]["latency_us"], 20, 1e-9);
  EXPECT_FALSE(two.contains("training"));
}

TEST(ScalingReport, HoldsPredictedBesideMeasured) {
  const auto checks =
      json::parse(scaling_json(made_report()))["predicted_and_measured"];
  ASSERT_EQ(checks.size(), 1u);
  // 0.32 s and 2 messages of half a megabyte.
  const double step_s = 0.32 + 2 * (1e-5 + (1 << 19) * 1e-9);
  EXPECT_EQ(checks[0]["ranks"], 2);
  EXPECT_NEAR(checks[0]["step_ms"], 1000 * step_s, 1e-9);
  EXPECT_EQ(checks[0]["measured"], 160);
  EXPECT_NEAR(checks[0]["error"], 64 / step_s / 160 - 1, 1e-12);
}

TEST(ScalingReport, HoldsTimeAndCostOfMeasuredAndPredictedRanks) {
  ScalingReport made = made_report();
  made.predictions = {testing::made_forecast()};
  made.plan = testing::made_plan();
  const auto report = json::parse(scaling_json(made));
  EXPECT_EQ(report["plan"]["epochs"], 10);
  EXPECT_EQ(report["plan"]["price_per_rank_and_hour"], 2.5);
  EXPECT_NEAR(report["rows"][1]["training"]["hours"], 1, 1e-12);
  EXPECT_NEAR(report["rows"][1]["training"]["cost"], 2.5, 1e-12);
  EXPECT_NEAR(report["predictions"][0]["training"]["hours"], 1 / 6.4, 1e-12);
  EXPECT_EQ(report["predictions"][0]["efficiency"], 0.8);
}

TEST(ScalingReport, IsABaselineForRuns) {
  const testing::TempDir dir;
  testing::write_text(dir / "scaling.json", scaling_json(made_report(), 2));
  EXPECT_EQ(read_baseline(dir / "scaling.json"), 100);
}

}  // namespace
}  // namespace convoy
