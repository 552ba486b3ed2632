#include "trainer/report/tensorboard.h"

#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/files.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

IntervalRecord interval() {
  IntervalRecord r;
  r.step = 20;
  r.sums = {.loss = 6, .top1 = 1, .top5 = 2, .samples = 4};
  r.lr = 0.1;
  r.images_per_second = 30;
  r.mean = {0.01, 0.15, 0.03, 0.01};
  return r;
}

EpochRecord epoch(double samples) {
  EpochRecord r;
  r.step = 40;
  r.val.sums = {.loss = 5, .top1 = 1, .top5 = 2, .samples = samples};
  r.val.macro.f1 = 0.75;
  return r;
}

std::vector<std::pair<std::string, double>> pairs(
    const std::vector<TaggedScalar>& scalars) {
  std::vector<std::pair<std::string, double>> all;
  for (const TaggedScalar& s : scalars) {
    all.emplace_back(s.tag, s.value);
  }
  return all;
}

/// The one event file of a run.
std::string event_bytes(const testing::TempDir& run) {
  for (const auto& entry : std::filesystem::directory_iterator(run.path())) {
    if (entry.path().filename().string().starts_with(kEventFilePrefix)) {
      return testing::read_text(entry.path());
    }
  }
  return "";
}

TEST(TensorBoard, TagsWhatALogLineSays) {
  EXPECT_THAT(
      pairs(tensorboard_scalars(interval())),
      ElementsAre(
          Pair("train/loss", 1.5),
          Pair("train/acc1", 25.0),
          Pair("train/acc5", 50.0),
          Pair("train/lr", 0.1),
          Pair("train/images_per_second", 30.0),
          Pair("time/data", ::testing::DoubleEq(0.05)),
          Pair("time/compute", ::testing::DoubleEq(0.75)),
          Pair("time/comm", ::testing::DoubleEq(0.15)),
          Pair("time/optimizer", ::testing::DoubleEq(0.05))));
}

TEST(TensorBoard, TagsAnEvaluation) {
  EXPECT_THAT(
      pairs(tensorboard_scalars(epoch(2))),
      ElementsAre(
          Pair("val/loss", 2.5),
          Pair("val/acc1", 50.0),
          Pair("val/acc5", 100.0),
          Pair("val/macro_f1", 75.0)));
}

TEST(TensorBoard, BeginsBehindTheStepItResumesFrom) {
  const testing::TempDir run;
  Log log(/*speaks=*/false, /*columns=*/0);
  const TensorBoard board(run.path(), "node1", 20, log);
  // Behind the version: SessionLog START (3a 02 08 01) of step 21 (10 15).
  EXPECT_THAT(
      event_bytes(run).substr(40), HasSubstr("\x10\x15\x3a\x02\x08\x01"));
}

TEST(TensorBoard, WritesOneRecordALogLineAndNoneForAnEpochNotEvaluated) {
  const testing::TempDir run;
  Log log(/*speaks=*/false, /*columns=*/0);
  TensorBoard board(run.path(), "node1", 0, log);
  const std::size_t before = event_bytes(run).size();
  board.add(epoch(0));
  EXPECT_EQ(event_bytes(run).size(), before);
  board.add(interval());
  const std::string bytes = event_bytes(run).substr(before);
  const auto length = static_cast<std::uint8_t>(bytes[0]) +
                      256 * static_cast<std::uint8_t>(bytes[1]);
  EXPECT_EQ(bytes.size(), static_cast<std::size_t>(length) + 16);
}

TEST(TensorBoard, ShowsTheFirstBatchAlone) {
  const testing::TempDir run;
  Log log(/*speaks=*/false, /*columns=*/0);
  TensorBoard board(run.path(), "node1", 0, log);
  EXPECT_TRUE(board.wants_batch());
  const Normalization n{.channels = 1, .factor = {1, 1, 1}};
  board.add_first_batch(at::zeros({2, 1, 4, 4}, at::kFloat), n, 1);
  const std::string bytes = event_bytes(run);
  EXPECT_THAT(bytes, HasSubstr("train/augmented_batch"));
  EXPECT_THAT(bytes, HasSubstr("\x89PNG"));
  EXPECT_FALSE(board.wants_batch());
  board.add_first_batch(at::zeros({2, 1, 4, 4}, at::kFloat), n, 2);
  EXPECT_EQ(event_bytes(run), bytes);
}

TEST(TensorBoard, WarnsOnceWhenItCantBeWrittenAndGoesOn) {
  const testing::TempDir home;
  const testing::TempDir run;
  Log log(/*speaks=*/true, /*columns=*/0);
  log.open_file(home / "log.txt");
  {
    const testing::SmallDisk disk(run.path(), 8);
    TensorBoard board(run.path(), "node1", 0, log);
    for (int i = 0; i < 200; ++i) {
      board.add(interval());
    }
    EXPECT_FALSE(board.wants_batch());
  }
  const std::string said = testing::read_text(home / "log.txt");
  EXPECT_THAT(said, HasSubstr("warning: can't write "));
  EXPECT_THAT(said, HasSubstr("Training goes on"));
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
}

TEST(TensorBoard, WarnsOnceWhenThereIsNoFolder) {
  const testing::TempDir run;
  Log log(/*speaks=*/true, /*columns=*/0);
  log.open_file(run / "log.txt");
  TensorBoard board(run / "none", "node1", 0, log);
  board.add(interval());
  const std::string said = testing::read_text(run / "log.txt");
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
}

}  // namespace
}  // namespace convoy
