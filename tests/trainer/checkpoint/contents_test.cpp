// What a checkpoint says beside its tensors, there and back.

#include "trainer/checkpoint/contents.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "tests/support/temp_dir.h"
#include "tests/support/thread_world.h"
#include "trainer/config/write.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

CheckpointFacts facts() {
  CheckpointFacts f;
  f.config = to_yaml(Config{});
  f.train_fingerprint = "abc";
  f.val_fingerprint = "val";
  f.class_names = {"bus", "a \"quoted\" name", "Škoda"};
  f.global_batch = 96;
  f.data_made_by = {{"resize", "half_crop 128 x 96"}, {"source", "a \"b\""}};
  f.arithmetic = "3 ranks of 2 threads";
  f.gradient_order = {"fc.bias", "conv1.weight"};
  f.bucket_mb = 4;
  f.version = "convoy 9";
  f.state.step = 77;
  f.state.best_top1 = 12.5;
  return f;
}

TensorFile file_of(const CheckpointFacts& f) {
  return {{}, to_metadata(f)};
}

TEST(CheckpointFacts, ComeBackFromAFile) {
  const testing::TempDir folder;
  write_tensor_file(folder / "a.safetensors", file_of(facts()));
  const CheckpointFacts back =
      facts_of_checkpoint(read_tensor_file(folder / "a.safetensors"), "a");
  EXPECT_EQ(back.config, facts().config);
  EXPECT_EQ(back.train_fingerprint, "abc");
  EXPECT_EQ(back.class_names, facts().class_names);
  EXPECT_EQ(back.global_batch, 96);
  EXPECT_EQ(back.data_made_by, facts().data_made_by);
  EXPECT_EQ(back.arithmetic, "3 ranks of 2 threads");
  EXPECT_EQ(back.gradient_order, facts().gradient_order);
  EXPECT_EQ(back.bucket_mb, facts().bucket_mb);
  EXPECT_EQ(back.version, "convoy 9");
  EXPECT_EQ(back.state.to_json(), facts().state.to_json());
}

TEST(CheckpointFacts, HaveNoOrderOfGradientsInFilesOfBeforeThereWasOne) {
  TensorFile file = file_of(facts());
  file.metadata.erase("convoy.gradient_order");
  file.metadata.erase("convoy.bucket_mb");
  EXPECT_THAT(facts_of_checkpoint(file, "a").gradient_order, IsEmpty());
  EXPECT_EQ(facts_of_checkpoint(file, "a").bucket_mb, 0);
}

TEST(CheckpointFacts, AreMissedInAFileThatIsNoCheckpoint) {
  EXPECT_THAT(
      [] { facts_of_checkpoint({}, "w.safetensors"); },
      ThrowsMessage<BadData>(AllOf(
          HasSubstr("w.safetensors is no checkpoint of convoy"),
          HasSubstr("convoy.format"))));
}

TEST(CheckpointFacts, OfAnotherFormatNameBothAndTheProgramThatWroteThem) {
  TensorFile file = file_of(facts());
  file.metadata["convoy.format"] = "1";
  EXPECT_THAT(
      [&] { facts_of_checkpoint(file, "c"); },
      ThrowsMessage<BadData>(AllOf(
          HasSubstr("c has checkpoint format 1, and this convoy knows 2"),
          HasSubstr("convoy 9"))));
}

TEST(CheckpointFacts, NameTheEntryThatCantBeRead) {
  for (const char* key : {"convoy.global_batch"}) {
    for (const char* text : {"", "many", "-4", "0", "3x", "99999999999"}) {
      TensorFile file = file_of(facts());
      file.metadata[key] = text;
      EXPECT_THAT(
          [&] { facts_of_checkpoint(file, "c"); },
          ThrowsMessage<BadData>(
              fmt::format("c: its {} is \"{}\"; want a count", key, text)));
    }
  }
  for (const char* key :
       {"convoy.class_names", "convoy.data_made_by", "convoy.state"}) {
    TensorFile file = file_of(facts());
    file.metadata[key] = "{";
    EXPECT_THAT(
        [&] { facts_of_checkpoint(file, "c"); },
        ThrowsMessage<BadData>(HasSubstr("c: ")));
  }
}

TEST(CheckpointFacts, RefuseAStepBeforeTheFirst) {
  CheckpointFacts f = facts();
  f.state.step = -1;
  EXPECT_THAT(
      [&] { facts_of_checkpoint(file_of(f), "c"); },
      ThrowsMessage<BadData>(HasSubstr("its step is -1")));
}

TEST(RestoreTensors, CopiesExactlyWhatBelongs) {
  const std::vector<NamedTensor> state{
      {"net.w", at::zeros({2, 2})}, {"net.n", at::zeros({}, at::kLong)}};
  const TensorFile file{
      {{"net.n", at::full({}, 5, at::kLong)},
       {"normalize.mean", at::zeros({1, 1, 3})},
       {"net.w", at::full({2, 2}, 3.0f)}},
      {}};
  restore_tensors(state, file, "c");
  EXPECT_TRUE(at::equal(state[0].tensor, at::full({2, 2}, 3.0f)));
  EXPECT_EQ(state[1].tensor.item<int>(), 5);
}

TEST(RestoreTensors, RefusesWhatIsMissingSurplusOrOfAnotherKind) {
  const std::vector<NamedTensor> state{{"net.w", at::zeros({2})}};
  const auto refusal = [&](std::vector<NamedTensor> tensors, const char* text) {
    EXPECT_THAT(
        [&] {
          restore_tensors(state, {tensors, {}}, "c");
        },
        ThrowsMessage<BadData>(HasSubstr(text)));
  };
  refusal({}, "c lacks net.w");
  refusal({{"net.w", at::zeros({3})}}, "c has another shape for net.w");
  refusal(
      {{"net.w", at::zeros({2}, at::kDouble)}},
      "c has another number type for net.w");
  refusal(
      {{"net.w", at::zeros({2})}, {"net.v", at::zeros({1})}},
      "c has 1 tensors that this run has no place for, net.v among them");
}

TEST(BroadcastFile, BringsRankZerosFileToEveryRank) {
  testing::run_worlds(3, [](World& world) {
    std::optional<TensorFile> file;
    if (world.rank() == 0) {
      file = TensorFile{
          {{"a", at::arange(6, at::kFloat).reshape({2, 3})},
           {"scalar", at::full({}, 9, at::kLong)},
           {"empty", at::zeros({0, 4})}},
          to_metadata(facts())};
    }
    const TensorFile mine = broadcast_file(file, world);
    ASSERT_EQ(mine.tensors.size(), 3u);
    EXPECT_EQ(mine.tensors[0].name, "a");
    EXPECT_TRUE(at::equal(
        mine.tensors[0].tensor, at::arange(6, at::kFloat).reshape({2, 3})));
    EXPECT_EQ(mine.tensors[1].tensor.item<std::int64_t>(), 9);
    EXPECT_EQ(mine.tensors[2].tensor.sizes(), at::IntArrayRef({0, 4}));
    EXPECT_EQ(facts_of_checkpoint(mine, "c").state.step, 77);
  });
}

TEST(WithPrefix, TakesTheNamesOfOnePart) {
  const TensorFile file{
      {{"net.fc.bias", at::zeros({1})},
       {"optimizer.momentum.fc.bias", at::zeros({1})}},
      {}};
  const auto part = with_prefix(file, "net.");
  ASSERT_EQ(part.size(), 1u);
  EXPECT_EQ(part[0].name, "fc.bias");
}

TEST(Differences, AreNoneForTheSameRun) {
  EXPECT_THAT(differences(facts(), Config{}, 96, {"abc", "val"}), IsEmpty());
}

TEST(Differences, NameBothSides) {
  Config now;
  now.optimizer.lr = 0.25;
  now.run.seed = 9;
  EXPECT_THAT(
      differences(facts(), now, 64, {"xyz", "val"}),
      ElementsAre(
          "run.seed: 1 in the checkpoint, 9 in the config",
          "optimizer.lr: 0.1 in the checkpoint, 0.25 in the config",
          "global batch: 96 in the checkpoint, 64 now",
          "training data: fingerprint abc in the checkpoint, xyz in "
          "data.train"));
}

TEST(Differences, LeaveWhereAndHowFastAside) {
  Config now;
  now.run.dir = "elsewhere";
  now.run.log_every = 1;
  now.run.keep = 9;
  now.data.train = "moved.lmdb";
  now.data.workers = 7;
  now.batch.global = 96;
  now.distributed.bucket_mb = 3;
  EXPECT_THAT(differences(facts(), now, 96, {"abc", "val"}), IsEmpty());
}

TEST(Differences, CountWhenItIsEvaluatedWhereThatSetsTheLearningRate) {
  Config then;
  then.schedule.name = ScheduleName::plateau;
  CheckpointFacts f = facts();
  f.config = to_yaml(then);
  Config now = then;
  now.run.evaluate_every_epochs = 2;
  EXPECT_THAT(
      differences(f, now, 96, {"abc", "other"}),
      ElementsAre(
          "run.evaluate_every_epochs: 1 in the checkpoint, 2 in the config",
          "validation data: fingerprint val in the checkpoint, other in "
          "data.val"));
}

TEST(Differences, SayWhatOfAnotherVersionsConfigCantBeRead) {
  CheckpointFacts f = facts();
  f.config = "run: {colour: blue}";
  EXPECT_THAT(
      [&] {
        differences(f, Config{}, 96, {"abc", "val"});
      },
      ThrowsMessage<BadData>(
          AllOf(HasSubstr("run.colour: unknown key"), HasSubstr("convoy 9"))));
}

}  // namespace
}  // namespace convoy
