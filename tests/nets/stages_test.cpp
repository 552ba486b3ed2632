#include "nets/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

std::vector<std::string> names(const std::string& net) {
  const NetEntry& entry = find_net(net);
  std::vector<std::string> all;
  for (const Stage& s : stages_of(entry.build({})->state(), entry.facts)) {
    all.push_back(s.name + (s.is_head ? " (head)" : ""));
  }
  return all;
}

TEST(Stages, AreBlocksWithTheirBatchNorms) {
  EXPECT_THAT(
      names("resnet18"),
      ElementsAre(
          "conv1",
          "layer1.0",
          "layer1.1",
          "layer2.0",
          "layer2.1",
          "layer3.0",
          "layer3.1",
          "layer4.0",
          "layer4.1",
          "fc (head)"));
  EXPECT_THAT(
      names("vgg11_bn"),
      ElementsAre(
          "features.0",
          "features.4",
          "features.8",
          "features.11",
          "features.15",
          "features.18",
          "features.22",
          "features.25",
          "classifier.0",
          "classifier.3",
          "classifier.6 (head)"));
}

TEST(Stages, TakeParallelBranchesAsOneAndAuxiliaryPartsAsHeads) {
  EXPECT_THAT(
      names("googlenet"),
      ElementsAre(
          "conv1",
          "conv2",
          "conv3",
          "inception3a",
          "inception3b",
          "inception4a",
          "inception4b",
          "inception4c",
          "inception4d",
          "inception4e",
          "inception5a",
          "inception5b",
          "aux1 (head)",
          "aux2 (head)",
          "fc (head)"));
  EXPECT_THAT(
      names("inception_v3"),
      IsSupersetOf({"Mixed_6e", "AuxLogits (head)", "Mixed_7a", "fc (head)"}));
}

}  // namespace
}  // namespace convoy
