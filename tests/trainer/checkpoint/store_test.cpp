#include "trainer/checkpoint/store.h"

#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "data/errors.h"
#include "tests/support/temp_dir.h"
#include "trainer/checkpoint/run_lock.h"
#include "trainer/checkpoint/train_state.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

TensorFile file_of(int step) {
  return {
      {{"x", at::full({10}, static_cast<float>(step))}},
      {{"step", std::to_string(step)}}};
}

void cut(const std::filesystem::path& path) {
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
}

const auto kSilent = [](const std::string&) {};

TEST(CheckpointStore, KeepsTheNewestFewAndTheBest) {
  const testing::TempDir run;
  CheckpointStore store(run.path(), 2);
  for (int step = 1; step <= 5; ++step) {
    store.save(file_of(step), step, step == 2);
  }
  EXPECT_THAT(store.newest_first(), SizeIs(2));
  EXPECT_EQ(store.load_newest(kSilent)->file.metadata.at("step"), "5");
  EXPECT_EQ(
      read_tensor_file(store.folder() / "best.safetensors").metadata.at("step"),
      "2");
}

TEST(CheckpointStore, FallsBackToTheNextOlderAndSaysSo) {
  const testing::TempDir run;
  CheckpointStore store(run.path(), 3);
  for (int step = 1; step <= 3; ++step) {
    store.save(file_of(step), step, false);
  }
  cut(store.newest_first()[0]);
  std::vector<std::string> said;
  const auto found =
      store.load_newest([&](const std::string& s) { said.push_back(s); });
  EXPECT_EQ(found->file.metadata.at("step"), "2");
  EXPECT_THAT(said, ElementsAre(HasSubstr("step-000000003.safetensors")));
}

TEST(CheckpointStore, ADamagedLaterOneDoesNotPushOutTheNext) {
  const testing::TempDir run;
  CheckpointStore store(run.path(), 1);
  store.save(file_of(30), 30, false);
  cut(store.newest_first()[0]);
  // Went on from an older one, which may lie elsewhere, and saves earlier.
  store.save(file_of(25), 25, false);
  EXPECT_EQ(store.load_newest(kSilent)->file.metadata.at("step"), "25");
  EXPECT_TRUE(std::filesystem::exists(
      run / "previous-1/checkpoints/step-000000030.safetensors"));
}

TEST(CheckpointStore, RefusesToStartOverWhenNoneIsWhole) {
  const testing::TempDir run;
  CheckpointStore store(run.path(), 3);
  store.save(file_of(1), 1, false);
  cut(store.newest_first()[0]);
  EXPECT_THAT(
      [&] { store.load_newest(kSilent); },
      ThrowsMessage<MissingInput>(HasSubstr("--resume never")));
}

TEST(CheckpointStore, OfANewRunHasNothing) {
  const testing::TempDir run;
  EXPECT_FALSE(CheckpointStore(run.path(), 3).load_newest(kSilent));
}

TEST(CheckpointStore, RemovesWhatAKilledWriterLeft) {
  const testing::TempDir run;
  CheckpointStore store(run.path(), 3);
  store.save(file_of(1), 1, false);
  std::ofstream(store.folder() / ".writing-99-step-000000002.safetensors")
      << "half";
  store.save(file_of(2), 2, false);
  EXPECT_EQ(
      std::distance(
          std::filesystem::directory_iterator(store.folder()),
          std::filesystem::directory_iterator()),
      2);
}

TEST(CheckpointStore, SetsAnOldRunAsideWithoutLosingIt) {
  const testing::TempDir run;
  CheckpointStore store(run.path(), 3);
  store.save(file_of(4), 4, true);
  std::ofstream(run / "metrics.jsonl") << "{}\n";
  std::ofstream(run / "events.out.tfevents.1700000000.host") << "events";
  store.set_aside();
  EXPECT_FALSE(store.load_newest(kSilent));
  EXPECT_TRUE(std::filesystem::exists(
      run / "previous-1/checkpoints/step-000000004.safetensors"));
  EXPECT_TRUE(std::filesystem::exists(run / "previous-1/metrics.jsonl"));
  EXPECT_TRUE(std::filesystem::exists(
      run / "previous-1/events.out.tfevents.1700000000.host"));
}

TEST(CheckpointStore, LeavesAloneWhatNoRunWrote) {
  const testing::TempDir run;
  CheckpointStore store(run.path(), 3);
  store.save(file_of(4), 4, false);
  std::filesystem::create_directories(run / "train.lmdb");
  std::ofstream(run / "my.yaml") << "run: {dir: .}";
  store.set_aside();
  EXPECT_TRUE(std::filesystem::exists(run / "train.lmdb"));
  EXPECT_TRUE(std::filesystem::exists(run / "my.yaml"));
  store.set_aside();
  EXPECT_FALSE(std::filesystem::exists(run / "previous-2"))
      << "there was nothing more to move";
}

TEST(CheckpointStore, SetsAsideWhatComesAfterTheStepThatARunGoesOnFrom) {
  const testing::TempDir run;
  CheckpointStore store(run.path(), 5);
  for (const int step : {100, 200, 300}) {
    store.save(file_of(step), step, step == 200);
  }
  EXPECT_EQ(store.set_aside_after(100).count, 2);
  EXPECT_EQ(store.set_aside_after(100).count, 0);
  EXPECT_TRUE(std::filesystem::exists(
      run / "previous-1/checkpoints/step-000000300.safetensors"));
  // With one to keep, the new one is it, and not a later one of another past.
  CheckpointStore(run.path(), 1).save(file_of(150), 150, false);
  EXPECT_EQ(store.load_newest(kSilent)->file.metadata.at("step"), "150");
  EXPECT_TRUE(std::filesystem::exists(store.folder() / "best.safetensors"));
}

/// Of 100 samples.
Validation figures(
    double top1, double top5, double loss, const Shares& macro = {}) {
  return {{100 * loss, top1, top5, 100}, macro};
}

TEST(TrainState, TakesTheLowerLossAmongEquallyManyHitsForTheBest) {
  TrainState state;
  state.step = 10;
  EXPECT_TRUE(state.note_evaluation(figures(80, 90, 0.7), BestBy::top1));
  state.step = 20;
  EXPECT_FALSE(state.note_evaluation(figures(80, 99, 0.7), BestBy::top1));
  EXPECT_FALSE(state.note_evaluation(figures(79, 99, 0.1), BestBy::top1));
  EXPECT_EQ(state.best_step, 10);
  EXPECT_TRUE(state.note_evaluation(figures(80, 90, 0.6), BestBy::top1));
  EXPECT_EQ(state.best_step, 20);
  EXPECT_EQ(state.best_loss, 0.6);
  EXPECT_TRUE(state.note_evaluation(figures(81, 90, 0.9), BestBy::top1));
}

TEST(TrainState, TakesNoEvaluationWithoutALossForBetterThanOneWith) {
  const Validation diverged = figures(82, 90, std::nan(""));
  TrainState state;
  EXPECT_TRUE(state.note_evaluation(diverged, BestBy::top1)) << "the first";
  EXPECT_FALSE(state.note_evaluation(diverged, BestBy::top1));
  EXPECT_TRUE(state.note_evaluation(figures(20, 90, 3), BestBy::top1));
  EXPECT_FALSE(state.note_evaluation(diverged, BestBy::top1));
}

TEST(TrainState, TakesTheBestByTheFigureThatIsAskedFor) {
  TrainState state;
  EXPECT_TRUE(state.note_evaluation(figures(0, 50, 2), BestBy::top5));
  EXPECT_FALSE(state.note_evaluation(figures(90, 40, 1), BestBy::top5));
  EXPECT_TRUE(state.note_evaluation(figures(0, 51, 3), BestBy::top5));
  EXPECT_FALSE(state.note_evaluation(figures(90, 90, 3), BestBy::loss));
  EXPECT_TRUE(state.note_evaluation(figures(1, 1, 2.5), BestBy::loss));
}

TEST(TrainState, TakesTheBestByTheMacroAverageThatIsAskedFor) {
  const std::array kBys{
      BestBy::macro_precision, BestBy::macro_recall, BestBy::macro_f1};
  for (std::size_t i = 0; i < kBys.size(); ++i) {
    const auto of = [&](double figure, double others) {
      std::array<double, 3> all{others, others, others};
      all[i] = figure;
      return figures(50, 50, others, {all[0], all[1], all[2]});
    };
    TrainState state;
    EXPECT_TRUE(state.note_evaluation(of(0.5, 0.5), kBys[i]));
    EXPECT_FALSE(state.note_evaluation(of(0.4, 0.9), kBys[i]));
    EXPECT_TRUE(state.note_evaluation(of(0.6, 0.1), kBys[i]));
    EXPECT_TRUE(state.note_evaluation(of(0.6, 0.05), kBys[i]))
        << "the lower loss decides between equals";
    const TrainState back = TrainState::from_json(state.to_json());
    EXPECT_EQ(back.best_macro.precision, state.best_macro.precision);
    EXPECT_EQ(back.best_macro.recall, state.best_macro.recall);
    EXPECT_EQ(back.best_macro.f1, state.best_macro.f1);
  }
}

TEST(TrainState, TravelsBitByBit) {
  TrainState state;
  state.step = 123456789012;
  state.epoch.loss = 0.1 + 0.2;
  state.best_top1 = 87.3000001;
  state.best_loss = 0.4100001;
  state.plateau.best = std::numeric_limits<double>::infinity();
  state.plateau.seen = true;
  state.loss_scale.scale = 65536;
  const TrainState back = TrainState::from_json(state.to_json());
  EXPECT_EQ(back.step, state.step);
  EXPECT_EQ(back.epoch.loss, state.epoch.loss);
  EXPECT_EQ(back.best_top1, state.best_top1);
  EXPECT_EQ(back.best_loss, state.best_loss);
  EXPECT_EQ(back.plateau.best, state.plateau.best);
  EXPECT_EQ(back.to_json(), state.to_json());
  EXPECT_THROW(TrainState::from_json("{}"), BadData);
  EXPECT_THROW(TrainState::from_json("nonsense"), BadData);
}

TEST(RunLock, RefusesTheSecondJobNamingTheFirst) {
  const testing::TempDir run;
  {
    const RunLock first(run / "r");
    EXPECT_THAT(
        [&] { RunLock second(run / "r"); },
        ThrowsMessage<RunDirBusy>(HasSubstr(std::to_string(getpid()))));
  }
  EXPECT_NO_THROW(RunLock(run / "r"));
}

TEST(RunLock, LeavesNoFolderOfARunThatDidNothing) {
  const testing::TempDir run;
  {
    const RunLock lock(run / "a/b/c");
    EXPECT_TRUE(std::filesystem::exists(run / "a/b/c/.lock"));
    EXPECT_THROW(RunLock(run / "a/b/c"), RunDirBusy);
    EXPECT_TRUE(std::filesystem::exists(run / "a/b/c/.lock"))
        << "the refused one takes nothing away";
  }
  EXPECT_FALSE(std::filesystem::exists(run / "a"));
}

TEST(RunLock, KeepsAFolderWithResultsAndOneThatWasThereBefore) {
  const testing::TempDir run;
  {
    const RunLock lock(run / "a/b");
    std::ofstream(run / "a/b/log.txt") << "x";
  }
  EXPECT_TRUE(std::filesystem::exists(run / "a/b/log.txt"));
  std::filesystem::create_directory(run / "empty");
  { const RunLock lock(run / "empty"); }
  EXPECT_TRUE(std::filesystem::exists(run / "empty"));
}

TEST(RunLock, SaysWhatIsWrongWithANameThatIsTooLong) {
  const testing::TempDir run;
  EXPECT_THAT(
      [&] { RunLock lock(run / std::string(300, 'x')); },
      ThrowsMessage<WriteFailure>(
          AllOf(HasSubstr("File name too long"), HasSubstr("--set run.dir"))));
}

TEST(RunLock, TakesOverALockWhoseHolderIsDead) {
  const testing::TempDir run;
  std::filesystem::create_directories(run / "r");
  std::ofstream(run / "r/.lock") << "process 1 on elsewhere, since 1970";
  EXPECT_NO_THROW(RunLock(run / "r"));
}

}  // namespace
}  // namespace convoy
