#include "trainer/report/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/files.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

IntervalRecord interval(std::int64_t step) {
  IntervalRecord r;
  r.step = step;
  r.epoch = 0.5;
  r.sums = {.loss = 6, .top1 = 1, .top5 = 2, .samples = 4};
  r.lr = 0.1;
  r.images_per_second = 30;
  r.ranks = 2;
  r.mean = {0.001, 0.25, 0, 0};
  r.slowest = "rank 1 (b)";
  r.samples_hash = 255;
  return r;
}

EpochRecord evaluation(std::int64_t step) {
  EpochRecord r;
  r.step = step;
  r.epoch = static_cast<double>(step) / 8;
  r.train = {.loss = 8, .top1 = 2, .top5 = 4, .samples = 4};
  r.val.sums = {.loss = 5, .top1 = 1, .top5 = 2, .samples = 2};
  r.val.macro = {.precision = 0.25, .recall = 0.5, .f1 = 0.75};
  r.lr = 0.05;
  r.seconds = 12.34;
  return r;
}

std::vector<std::int64_t> steps_in(const std::string& path) {
  std::vector<std::int64_t> steps;
  std::istringstream lines(testing::read_text(path));
  for (std::string line; std::getline(lines, line);) {
    steps.push_back(nlohmann::json::parse(line).at("step"));
  }
  return steps;
}

TEST(Records, AreJsonObjectsOneALine) {
  const testing::TempDir run;
  Records records(run.path(), 0);
  ASSERT_TRUE(records.add(interval(4)));
  const auto json =
      nlohmann::json::parse(testing::read_text(run / "metrics.jsonl"));
  EXPECT_EQ(json["kind"], "train");
  EXPECT_EQ(json["step"], 4);
  EXPECT_EQ(json["loss"], 1.5);
  EXPECT_EQ(json["top1"], 25.0);
  EXPECT_EQ(json["images_per_second_per_rank"], 15.0);
  EXPECT_EQ(json["phase_ms_mean"]["compute"], 250.0);
  EXPECT_EQ(json["samples_hash"], "00000000000000ff");
  EXPECT_FALSE(json.contains("speedup")) << "no baseline, no speedup";
}

TEST(Records, KeepAllFiguresOfAnEvaluation) {
  const testing::TempDir run;
  ASSERT_TRUE(Records(run.path(), 0).add(evaluation(8)));
  const auto json =
      nlohmann::json::parse(testing::read_text(run / "metrics.jsonl"));
  EXPECT_EQ(json["kind"], "eval");
  EXPECT_EQ(json["loss"], 2.5);
  EXPECT_EQ(json["top5"], 100.0);
  EXPECT_EQ(json["macro_precision"], 25.0);
  EXPECT_EQ(json["macro_recall"], 50.0);
  EXPECT_EQ(json["macro_f1"], 75.0);
}

TEST(Records, WriteNullForWhatIsNoNumber) {
  const testing::TempDir run;
  Records records(run.path(), 0);
  IntervalRecord r = interval(1);
  r.gradient_norm = std::numeric_limits<double>::infinity();
  ASSERT_TRUE(records.add(r));
  EXPECT_TRUE(nlohmann::json::parse(
                  testing::read_text(run / "metrics.jsonl"))["gradient_norm"]
                  .is_null());
}

TEST(Records, SummariseEpochsAsATable) {
  const testing::TempDir run;
  Records records(run.path(), 0);
  ASSERT_TRUE(records.add(evaluation(8)));
  ASSERT_TRUE(records.add(evaluation(16)));
  EXPECT_EQ(
      testing::read_text(run / "summary.csv"),
      "epoch,step,train_loss,train_top1,train_top5,eval_loss,eval_top1,"
      "eval_top5,lr,seconds\n"
      "1.0000,8,2.000000,50.0000,100.0000,2.500000,50.0000,100.0000,0.05,12.3\n"
      "2.0000,16,2.000000,50.0000,100.0000,2.500000,50.0000,100.0000,0.05,"
      "12.3\n");
}

TEST(Records, LeaveColumnsEmptyInAnEpochWithoutEvaluation) {
  const testing::TempDir run;
  Records records(run.path(), 0);
  EpochRecord trained = evaluation(8);
  trained.val = {};
  ASSERT_TRUE(records.add(trained));
  EXPECT_THAT(
      testing::read_text(run / "summary.csv"),
      EndsWith("\n1.0000,8,2.000000,50.0000,100.0000,,,,0.05,12.3\n"));
  EXPECT_FALSE(std::filesystem::exists(run / "metrics.jsonl"));
}

TEST(Records, TakeBackTheStepsThatRunAgain) {
  const testing::TempDir run;
  {
    Records records(run.path(), 0);
    for (const int step : {8, 16, 24}) {
      records.add(interval(step));
      records.add(evaluation(step));
      records.add_event("checkpoint", step, "state hash");
    }
  }
  std::ofstream(run / "metrics.jsonl", std::ios::app) << R"({"kind":"tr)";
  Records records(run.path(), 16);
  EXPECT_THAT(
      steps_in(run / "metrics.jsonl"), ElementsAre(8, 8, 8, 16, 16, 16));
  const std::string summary = testing::read_text(run / "summary.csv");
  EXPECT_EQ(std::count(summary.begin(), summary.end(), '\n'), 3);
  EXPECT_THAT(summary, EndsWith(",12.3\n"));
  ASSERT_TRUE(records.add_event("stop", 17, "\"quoted\"\nline"));
  EXPECT_EQ(steps_in(run / "metrics.jsonl").back(), 17);
}

TEST(Records, SayWhenTheyCantBeWritten) {
  const testing::TempDir run;
  std::filesystem::create_directory(run / "metrics.jsonl");
  Records records(run.path(), 0);
  EXPECT_FALSE(records.add(interval(1)));
  EXPECT_FALSE(records.add_event("a", 1, "b"));
}

}  // namespace
}  // namespace convoy
