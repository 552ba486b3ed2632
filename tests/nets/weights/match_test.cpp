#include "nets/weights/match.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<NamedTensor> network() {
  return {
      {"conv.weight", at::zeros({4, 3})},
      {"bn.num_batches_tracked", at::zeros({}, at::kLong), false},
      {"fc.weight", at::zeros({2, 4})},
      {"fc.bias", at::zeros({2})}};
}

MatchRules head() {
  MatchRules rules;
  rules.may_reset = [](const std::string& name) {
    return name.starts_with("fc.");
  };
  return rules;
}

TEST(MatchWeights, LoadsWhatHasNameAndShape) {
  std::vector<NamedTensor> file{
      {"fc.weight", at::ones({2, 4})},
      {"fc.bias", at::ones({2})},
      {"conv.weight", at::ones({4, 3}, at::kHalf)},
      {"bn.num_batches_tracked", at::ones({}, at::kLong), false}};
  const Match match = match_weights(network(), file);
  EXPECT_TRUE(match.is_full());
  const auto state = network();
  copy_matched(state, file, match);
  for (const NamedTensor& entry : state) {
    EXPECT_EQ(entry.tensor.sum().item<double>(), entry.tensor.numel())
        << entry.name;
  }
}

TEST(MatchWeights, CountsWhatDoesNotGoInWithBothShapes) {
  const Match match = match_weights(
      network(),
      {{"fc.weight", at::ones({9, 4})},
       {"fc.bias", at::ones({2})},
       {"extra", at::ones({1})}});
  EXPECT_FALSE(match.fits());
  EXPECT_THAT(match.missing, ElementsAre("conv.weight [4, 3]"));
  EXPECT_THAT(
      match.misshapen,
      ElementsAre("fc.weight [2, 4] in the network, [9, 4] in the file"));
  EXPECT_THAT(match.unexpected, ElementsAre("extra [1]"));
  EXPECT_THAT(match.loaded, ElementsAre("bn.num_batches_tracked", "fc.bias"))
      << "old files count no batches";
}

TEST(MatchWeights, RefusesWholeNumbersAndWhatIsNoNumber) {
  const at::Tensor spoiled = at::ones({2, 4}, at::kHalf);
  spoiled[1][2] = std::numeric_limits<double>::quiet_NaN();
  const Match match = match_weights(
      network(),
      {{"conv.weight", at::ones({4, 3}, at::kInt)},
       {"fc.weight", spoiled},
       {"fc.bias", at::ones({2})}});
  EXPECT_FALSE(match.fits());
  EXPECT_THAT(match.misshapen, ElementsAre("conv.weight Int in the file"));
  EXPECT_THAT(match.nonfinite, ElementsAre("fc.weight"));
  EXPECT_THAT(match.loaded, ElementsAre("bn.num_batches_tracked", "fc.bias"));
  EXPECT_THAT(
      describe_match(match),
      HasSubstr("with values that are infinite or no numbers (1): fc.weight"));
}

TEST(MatchWeights, ResetsTheHeadAloneAndSaysSo) {
  const Match match = match_weights(
      network(),
      {{"conv.weight", at::ones({4, 3})},
       {"fc.weight", at::ones({9, 4})},
       {"fc.bias", at::ones({9})}},
      head());
  EXPECT_TRUE(match.fits());
  EXPECT_FALSE(match.is_full());
  EXPECT_THAT(
      describe_match(match),
      AllOf(
          HasSubstr("loaded: 2 tensors\n"),
          HasSubstr("reset, keeps its initial values (2): fc.weight [2, 4] in "
                    "the network, [9, 4] in the file; fc.bias")));
  const Match wrong =
      match_weights(network(), {{"fc.bias", at::ones({2})}}, head());
  EXPECT_THAT(
      wrong.missing, ElementsAre("conv.weight [4, 3]", "fc.weight [2, 4]"));
}

TEST(MatchWeights, LetsALayerMissAsAWholeWhereItMay) {
  MatchRules rules;
  rules.may_miss = head().may_reset;
  const Match none =
      match_weights(network(), {{"conv.weight", at::ones({4, 3})}}, rules);
  EXPECT_THAT(
      none.reset, ElementsAre(StartsWith("fc.weight"), StartsWith("fc.bias")));
  const Match other = match_weights(
      network(),
      {{"conv.weight", at::ones({4, 3})},
       {"fc.weight", at::ones({9, 4})},
       {"fc.bias", at::ones({9})}},
      rules);
  EXPECT_EQ(other.misshapen.size(), 2);
}

TEST(MatchWeights, LetsPassWhatIsAllowedByName) {
  MatchRules rules;
  rules.allowed = {"conv.", "extra"};
  const Match match = match_weights(
      network(),
      {{"extra.a", at::ones({1})},
       {"fc.weight", at::ones({2, 4})},
       {"fc.bias", at::ones({2})}},
      rules);
  EXPECT_TRUE(match.fits());
  EXPECT_THAT(match.reset, ElementsAre("conv.weight [4, 3]"));
  EXPECT_THAT(match.ignored, ElementsAre("extra.a [1]"));
  EXPECT_THAT(match.unexpected, IsEmpty());
}

}  // namespace
}  // namespace convoy
