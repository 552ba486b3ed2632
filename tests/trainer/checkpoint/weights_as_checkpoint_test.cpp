// Weight files of others in the place of a checkpoint.

#include "trainer/checkpoint/weights_as_checkpoint.h"

#include <ATen/ops/equal.h>
#include <gmock/gmock.h>

#include "data/errors.h"
#include "data/store/mean_file.h"
#include "nets/registry.h"
#include "nets/weights/weights.h"
#include "tests/support/files.h"
#include "tests/support/temp_dir.h"
#include "trainer/checkpoint/restored.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class WeightsAsCheckpoint : public ::testing::Test {
 protected:
  /// A file with the values of a network that was drawn.
  std::string written(const std::string& net, const NetOptions& options) {
    const std::string path = folder_ / (net + ".safetensors");
    write_safetensors(path, find_net(net).build(options)->state(), {});
    return path;
  }

  static Restored restored(const std::string& path, const WeightsUse& use) {
    return restore(read_checkpoint(path, use), path, c10::kCPU);
  }

  testing::TempDir folder_;
};

TEST_F(WeightsAsCheckpoint, HoldsTheNetworkOfTheFileForItsClassesAndChannels) {
  const NetOptions options{.classes = 7, .channels = 1, .seed = 3};
  const std::string path = written("squeezenet1_1", options);
  const Restored gray = restored(path, {.net = "squeezenet1_1"});
  EXPECT_EQ(gray.config.data.channels, 1);
  EXPECT_THAT(
      gray.facts.class_names, ElementsAre("0", "1", "2", "3", "4", "5", "6"));
  const auto drawn = find_net("squeezenet1_1").build(options)->state();
  ASSERT_EQ(gray.model->state().size(), drawn.size());
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    EXPECT_TRUE(at::equal(gray.model->state()[i].tensor, drawn[i].tensor))
        << drawn[i].name;
  }
}

TEST_F(WeightsAsCheckpoint, PreparesPicturesAsPublishedUnlessToldOtherwise) {
  const std::string inception = written("inception_v3", {.classes = 2});
  const Restored own = restored(inception, {.net = "inception_v3"});
  EXPECT_EQ(own.config.eval.resize_px, 342);
  EXPECT_EQ(own.config.eval.crop_px, 299);
  EXPECT_TRUE(own.config.net.transform_input);
  EXPECT_EQ(own.facts.data_made_by.at("resize"), "none");
  const Restored told = restored(
      inception,
      {.net = "inception_v3",
       .overrides = {"eval.crop_px=128", "eval.resize_px=150"}});
  EXPECT_EQ(told.config.eval.resize_px, 150);
  EXPECT_EQ(told.config.eval.crop_px, 128);
}

TEST_F(WeightsAsCheckpoint, RefusesANormalisationThatTrainingWouldRefuse) {
  const std::string path = written("squeezenet1_1", {.classes = 2});
  EXPECT_THAT(
      [&] {
        read_checkpoint(
            path,
            {.net = "squeezenet1_1",
             .overrides = {"normalize.mean_value=[104,117,123]"}});
      },
      ThrowsMessage<ConfigError>(HasSubstr("belong to style: caffe")));
}

TEST_F(WeightsAsCheckpoint, CarriesTheMeanPictureThatItIsTold) {
  const std::string path = written("squeezenet1_1", {.classes = 2});
  write_mean_file(
      folder_ / "mean.binaryproto",
      {3, 256, 256, std::vector<float>(std::size_t{3} * 256 * 256, 99)});
  const Restored told = restored(
      path,
      {.net = "squeezenet1_1",
       .overrides = {
           "normalize.style=caffe",
           "normalize.mean_file=" + folder_ / "mean.binaryproto"}});
  ASSERT_TRUE(told.normalization->mean);
  EXPECT_EQ(told.normalization->mean->values.at(7), 99);
}

TEST_F(WeightsAsCheckpoint, DoesWithoutTheAuxiliaryHeadsThatAFileLacks) {
  auto state = find_net("googlenet").build({.classes = 2})->state();
  std::erase_if(state, [](const NamedTensor& tensor) {
    return tensor.name.starts_with("aux");
  });
  const std::string path = folder_ / "deployed.pth";
  write_pth(path, state);
  EXPECT_EQ(restored(path, {.net = "googlenet"}).facts.class_names.size(), 2u);
}

TEST_F(WeightsAsCheckpoint, NamesClassesAsTheTextFileDoes) {
  const std::string path = written("squeezenet1_1", {.classes = 3});
  testing::write_text(folder_ / "names.txt", "red fox, Vulpes\r\nbus \n\n");
  const WeightsUse use{
      .net = "squeezenet1_1", .class_names = folder_ / "names.txt"};
  EXPECT_THAT(
      [&] { read_checkpoint(path, use); },
      ThrowsMessage<BadData>(HasSubstr(
          "names.txt names 2 classes, one a line; want 3, as many as ")));
  for (const char* bad :
       {"fox\n\nbus\n", "fox\nb\xfcs\nvan\n", "a\n\x1b[2J\nb"}) {
    testing::write_text(folder_ / "names.txt", bad);
    EXPECT_THAT(
        [&] { read_checkpoint(path, use); },
        ThrowsMessage<BadData>(AllOf(
            HasSubstr("names.txt:2: \""), HasSubstr("want text in UTF-8"))));
  }
  testing::write_text(
      folder_ / "names.txt", "red fox, Vulpes\r\nvan\nbus \n\n");
  EXPECT_THAT(
      restored(path, use).facts.class_names,
      ElementsAre("red fox, Vulpes", "van", "bus"));
}

TEST_F(WeightsAsCheckpoint, OfAnotherNetworkAreRefusedWithWhatDoesNotFit) {
  const std::string path = written("squeezenet1_1", {.classes = 3});
  EXPECT_THAT(
      [&] { read_checkpoint(path, {.net = "squeezenet1_0"}); },
      ThrowsMessage<BadData>(AllOf(
          HasSubstr("squeezenet1_1.safetensors does not fit squeezenet1_0"),
          HasSubstr("features.0.weight [96, 3, 7, 7] in the network"))));
}

TEST_F(WeightsAsCheckpoint, WithoutAHeadAreRefused) {
  auto state = find_net("squeezenet1_1").build({.classes = 3})->state();
  std::erase_if(state, [](const NamedTensor& tensor) {
    return tensor.name.starts_with("classifier");
  });
  const std::string path = folder_ / "trunk.pth";
  write_pth(path, state);
  EXPECT_THAT(
      [&] { read_checkpoint(path, {.net = "squeezenet1_1"}); },
      ThrowsMessage<BadData>(HasSubstr("classifier.1.weight")));
}

TEST_F(WeightsAsCheckpoint, WithoutANetworkAreToldToNameIt) {
  const std::string path = written("squeezenet1_1", {.classes = 3});
  EXPECT_THAT(
      [&] { read_checkpoint(path, {}); },
      ThrowsMessage<BadData>(
          HasSubstr("holds weights alone and is no checkpoint of convoy: "
                    "--net NAME says of which network they are")));
}

TEST_F(WeightsAsCheckpoint, ACheckpointKnowsItsNetworkItself) {
  const std::string path = written("squeezenet1_1", {.classes = 3});
  const TensorFile file = read_checkpoint(path, {.net = "squeezenet1_1"});
  const std::string checkpoint = folder_ / "checkpoint.safetensors";
  write_tensor_file(checkpoint, file);
  EXPECT_THAT(
      restored(checkpoint, {}).facts.class_names, ElementsAre("0", "1", "2"));
  EXPECT_THAT(
      [&] { read_checkpoint(checkpoint, {.net = "squeezenet1_1"}); },
      ThrowsMessage<UsageError>(HasSubstr("leave --net out")));
}

}  // namespace
}  // namespace convoy
