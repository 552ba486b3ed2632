#include "trainer/loop/model.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

Model resnet(FineTuneOptions fine_tune = {}, int classes = 4) {
  return Model(
      {.net = "resnet18",
       .options = {.classes = classes, .seed = 1},
       .fine_tune = std::move(fine_tune)});
}

std::vector<NamedTensor> copies(const Model& model) {
  std::vector<NamedTensor> all;
  for (const NamedTensor& entry : model.state()) {
    all.push_back({entry.name, entry.tensor.detach().clone(), false});
  }
  return all;
}

TEST(Model, TrainsWhatFineTuningNames) {
  EXPECT_THAT(resnet().trained(), SizeIs(62));
  EXPECT_THAT(resnet().statistics(), SizeIs(40));
  EXPECT_THAT(
      resnet({.mode = FineTuneMode::head}).trained(),
      ElementsAre(
          Field(&NamedTensor::name, "fc.weight"),
          Field(&NamedTensor::name, "fc.bias")));
  const Model partial =
      resnet({.mode = FineTuneMode::partial, .first_layer = "layer4"});
  EXPECT_THAT(partial.trained(), SizeIs(17));
  EXPECT_THAT(partial.trained()[0].name, StartsWith("layer4."));
}

TEST(Model, TrainsFromEitherEndAndTheHeadInAnyCase) {
  const Model first =
      resnet({.mode = FineTuneMode::partial, .last_layer = "layer1"});
  const auto names = first.trained();
  EXPECT_EQ(names.front().name, "conv1.weight");
  EXPECT_EQ(names[names.size() - 3].name, "layer1.1.bn2.bias");
  EXPECT_EQ(names.back().name, "fc.bias");
  const Model middle = resnet(
      {.mode = FineTuneMode::partial,
       .first_layer = "layer2",
       .last_layer = "layer2"});
  EXPECT_THAT(middle.trained(), SizeIs(15 + 2));
}

TEST(Model, TrainsTheBatchNormThatBelongsToTheLastLayer) {
  std::vector<std::string> names;
  for (const NamedTensor& tensor :
       resnet({.mode = FineTuneMode::partial, .last_layer = "conv1"})
           .trained()) {
    names.push_back(tensor.name);
  }
  EXPECT_THAT(
      names,
      ElementsAre(
          "conv1.weight", "bn1.weight", "bn1.bias", "fc.weight", "fc.bias"));
}

TEST(Model, FreezesEveryBatchNormWhenAsked) {
  const Model model = resnet({.freeze_batch_norm = true});
  EXPECT_THAT(model.trained(), SizeIs(62 - 40));
  EXPECT_THAT(model.statistics(), IsEmpty());
}

TEST(Model, CountsTheStatisticsOfFrozenLayersOut) {
  EXPECT_THAT(resnet({.mode = FineTuneMode::head}).statistics(), IsEmpty());
  EXPECT_THAT(
      resnet({.mode = FineTuneMode::partial, .first_layer = "layer4"})
          .statistics(),
      SizeIs(10));
}

TEST(Model, LoadsWhatFitsAndDrawsAnotherHeadAnew) {
  const Model source = resnet();
  Model target = resnet({}, /*classes=*/9);
  target.state()[0].tensor.detach().zero_();
  const Match match =
      target.load(copies(source), {.reset_head = true, .allowed = {}}, "w");
  EXPECT_THAT(
      match.reset, ElementsAre(StartsWith("fc.weight"), StartsWith("fc.bias")));
  EXPECT_EQ(match.loaded.size() + 2, source.state().size());
  EXPECT_TRUE(at::equal(target.state()[0].tensor, source.state()[0].tensor));
}

TEST(Model, CountsAuxiliaryClassifiersToTheHead) {
  const auto googlenet = [](int classes, FineTuneMode mode) {
    return Model(
        {.net = "googlenet",
         .options = {.classes = classes},
         .fine_tune = {.mode = mode}});
  };
  const auto classifiers = ElementsAre(
      "aux1.fc2.weight",
      "aux1.fc2.bias",
      "aux2.fc2.weight",
      "aux2.fc2.bias",
      "fc.weight",
      "fc.bias");
  const Model source = googlenet(4, FineTuneMode::head);
  std::vector<std::string> trained;
  for (const NamedTensor& entry : source.trained()) {
    trained.push_back(entry.name);
  }
  EXPECT_THAT(trained, classifiers);
  Model target = googlenet(9, FineTuneMode::full);
  std::vector<std::string> reset;
  for (const std::string& line :
       target.load(copies(source), {.reset_head = true, .allowed = {}}, "w")
           .reset) {
    reset.push_back(line.substr(0, line.find(' ')));
  }
  EXPECT_THAT(reset, classifiers);
}

TEST(Model, ListsEveryTensorThatDoesNotFit) {
  auto tensors = copies(resnet());
  tensors.erase(tensors.begin());
  tensors[0].tensor = at::full({3}, 1.0f);
  tensors.push_back({"surplus", at::full({2}, 1.0f), false});
  Model target = resnet();
  EXPECT_THAT(
      [&] { target.load(tensors, {}, "w.safetensors"); },
      ThrowsMessage<BadData>(AllOf(
          HasSubstr("w.safetensors does not fit resnet18"),
          HasSubstr("missing in the file (1): conv1.weight [64, 3, 7, 7]"),
          HasSubstr("of another shape or kind (1): bn1.weight [64] in the "
                    "network, [3] "
                    "in the file"),
          HasSubstr("unexpected in the file (1): surplus [2]"))));
  EXPECT_THAT(
      [&] { resnet({}, 9).load(copies(resnet()), {}, "w"); },
      ThrowsMessage<BadData>(
          HasSubstr("of another shape or kind (2): fc.weight")));
}

}  // namespace
}  // namespace convoy
