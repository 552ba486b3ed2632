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
  const LoadReport report = target.load(copies(source), true, "w");
  EXPECT_THAT(report.reset, ElementsAre("fc.weight", "fc.bias"));
  EXPECT_EQ(report.loaded.size() + 2, source.state().size());
  EXPECT_TRUE(at::equal(target.state()[0].tensor, source.state()[0].tensor));
}

TEST(Model, ListsEveryTensorThatDoesNotFit) {
  auto tensors = copies(resnet());
  tensors.erase(tensors.begin());
  tensors[0].tensor = at::full({3}, 1.0f);
  tensors.push_back({"surplus", at::full({2}, 1.0f), false});
  Model target = resnet();
  EXPECT_THAT(
      [&] { target.load(tensors, false, "w.safetensors"); },
      ThrowsMessage<BadData>(AllOf(
          HasSubstr("w.safetensors does not fit resnet18"),
          HasSubstr("missing: conv1.weight [64, 3, 7, 7]"),
          HasSubstr("misshapen: bn1.weight is [3] in the file, [64] in the "
                    "network"),
          HasSubstr("unexpected: surplus [2]"))));
  EXPECT_THAT(
      [&] { resnet({}, 9).load(copies(resnet()), false, "w"); },
      ThrowsMessage<BadData>(HasSubstr("misshapen: fc.weight")));
}

}  // namespace
}  // namespace convoy
