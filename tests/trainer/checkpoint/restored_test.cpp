#include "trainer/checkpoint/restored.h"

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "tests/support/temp_dir.h"
#include "trainer/checkpoint/store.h"
#include "trainer/config/write.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A checkpoint of a network with three classes and one channel.
TensorFile checkpoint_of(const Model& model, const Config& config) {
  CheckpointFacts facts;
  facts.config = to_yaml(config);
  facts.class_names = {"bus", "car", "van"};
  facts.global_batch = 8;
  TensorFile file{{}, to_metadata(facts)};
  for (const NamedTensor& entry : model.state()) {
    file.tensors.push_back({"net." + entry.name, entry.tensor, false});
  }
  file.tensors.push_back({"optimizer.momentum.x", at::arange(3), false});
  return file;
}

class RestoredNetwork : public ::testing::Test {
 protected:
  RestoredNetwork() { config_.data.channels = 1; }

  Config config_;
  const Model model_{
      {.net = "resnet18",
       .options = {.classes = 3, .channels = 1, .seed = 11}}};
};

TEST_F(RestoredNetwork, AnswersAsTheOneThatWasSaved) {
  const testing::TempDir folder;
  write_tensor_file(folder / "c.safetensors", checkpoint_of(model_, config_));
  const Restored back =
      restore(read_tensor_file(folder / "c.safetensors"), "c", c10::kCPU);
  EXPECT_EQ(back.model->classes(), 3);
  EXPECT_EQ(back.config.data.channels, 1);
  EXPECT_EQ(back.normalization->channels, 1);
  const at::Tensor picture =
      at::arange(32 * 32, at::kFloat).sin().reshape({1, 1, 32, 32});
  at::set_num_threads(1);
  EXPECT_TRUE(at::equal(
      back.model->net().forward(picture, Pass{}),
      model_.net().forward(picture, Pass{})));
}

TEST_F(RestoredNetwork, IsRefusedWhenATensorIsMissing) {
  TensorFile file = checkpoint_of(model_, config_);
  file.tensors.erase(file.tensors.begin());
  EXPECT_THAT(
      [&] { restore(file, "c", c10::kCPU); },
      ThrowsMessage<BadData>(
          HasSubstr("missing in the file (1): conv1.weight")));
}

TEST_F(RestoredNetwork, OfAnotherConvoyNamesWhatIsUnknown) {
  config_.net.name = "resnet1000";
  EXPECT_THAT(
      [&] { restore(checkpoint_of(model_, config_), "c", c10::kCPU); },
      ThrowsMessage<BadData>(HasSubstr("c: unknown network \"resnet1000\"")));
  TensorFile file = checkpoint_of(model_, Config{});
  file.metadata["convoy.config"] = "net: {colour: blue}";
  EXPECT_THAT(
      [&] { restore(file, "c", c10::kCPU); },
      ThrowsMessage<BadData>(
          AllOf(HasSubstr("c carries a config"), HasSubstr("net.colour"))));
}

TEST(BestCheckpoint, IsTheBestOrElseTheNewest) {
  const testing::TempDir run;
  EXPECT_THAT(
      [&] { best_checkpoint(run.path().string()); },
      ThrowsMessage<MissingInput>(HasSubstr("no checkpoint in")));
  CheckpointStore store(run.path(), 3);
  store.save({}, 1, /*best=*/false);
  store.save({}, 2, false);
  EXPECT_EQ(
      best_checkpoint(run.path().string()).filename(),
      "step-000000002.safetensors");
  store.save({}, 3, true);
  EXPECT_EQ(
      best_checkpoint(run.path().string()).filename(), "best.safetensors");
}

}  // namespace
}  // namespace convoy
