#include "trainer/config/preset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/config/read.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

PresetInput vehicles(std::uint64_t pictures) {
  return {
      .train = "data/train.lmdb",
      .val = "data/val.lmdb",
      .run_dir = "runs/mine",
      .weights = "w.pth",
      .pictures = pictures,
      .classes = 6,
      .fewest = pictures / 6,
      .most = pictures / 6,
      .short_side = 100};
}

Config config_of(const PresetInput& input, const std::string& net) {
  const LoadedConfig loaded =
      read_config(preset(input, find_net(net).facts), "preset");
  EXPECT_THAT(loaded.problems, IsEmpty());
  return loaded.config;
}

TEST(Preset, GivesFewerPicturesMorePasses) {
  EXPECT_EQ(config_of(vehicles(999), "resnet18").run.epochs, 30);
  EXPECT_EQ(config_of(vehicles(1000), "resnet18").run.epochs, 12);
  EXPECT_EQ(config_of(vehicles(10000), "resnet18").run.epochs, 8);
  EXPECT_EQ(config_of(vehicles(1000000), "resnet18").run.epochs, 5);
}

TEST(Preset, KeepsNetworksWithoutBatchNormFromDying) {
  EXPECT_EQ(config_of(vehicles(500), "resnet18").optimizer.lr, 0.01);
  EXPECT_EQ(config_of(vehicles(500), "squeezenet1_0").optimizer.lr, 0.002);
  PresetInput scratch = vehicles(500);
  scratch.weights.clear();
  const OptimizerOptions squeezenet =
      config_of(scratch, "squeezenet1_0").optimizer;
  EXPECT_EQ(squeezenet.name, OptimizerName::adamw);
  EXPECT_EQ(squeezenet.lr, 0.0003);
  const OptimizerOptions resnet = config_of(scratch, "resnet18").optimizer;
  EXPECT_EQ(resnet.name, OptimizerName::sgd);
  EXPECT_EQ(resnet.lr, 0.05);
}

TEST(Preset, FreezesBatchNormOnlyForFewPictures) {
  EXPECT_TRUE(config_of(vehicles(500), "resnet18").fine_tune.freeze_batch_norm);
  EXPECT_FALSE(
      config_of(vehicles(5000), "resnet18").fine_tune.freeze_batch_norm);
}

TEST(Preset, EnlargesPicturesByHalfAtMost) {
  EXPECT_EQ(config_of(vehicles(500), "squeezenet1_0").augment.crop_px, 144);
  PresetInput large = vehicles(500);
  large.short_side = 300;
  EXPECT_EQ(config_of(large, "squeezenet1_0").augment.crop_px, 224);
  PresetInput tiny = vehicles(500);
  tiny.short_side = 8;
  EXPECT_EQ(
      config_of(tiny, "squeezenet1_0").augment.crop_px,
      find_net("squeezenet1_0").facts.minimum_px);
}

TEST(Preset, WeighsClassesThatAreFarApart) {
  PresetInput uneven = vehicles(500);
  uneven.fewest = 10;
  EXPECT_EQ(
      config_of(uneven, "resnet18").loss.class_weights, ClassWeights::balanced);
  EXPECT_EQ(
      config_of(vehicles(500), "resnet18").loss.class_weights,
      ClassWeights::none);
}

TEST(Preset, FromScratchFineTunesNothing) {
  PresetInput scratch = vehicles(5000);
  scratch.weights.clear();
  scratch.val.clear();
  const std::string text = preset(scratch, find_net("resnet18").facts);
  EXPECT_THAT(
      text,
      AllOf(
          HasSubstr("resnet18 from scratch for 5000 pictures of 6 classes"),
          HasSubstr("val: null"),
          Not(HasSubstr("fine_tune"))));
}

TEST(Preset, QuotesPathsThatYamlWouldMisread) {
  PresetInput input = vehicles(500);
  input.train = "my: data #1/train.lmdb";
  EXPECT_EQ(config_of(input, "resnet18").data.train, input.train);
}

}  // namespace
}  // namespace convoy
