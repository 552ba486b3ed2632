#include "nets/registry.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Registry, NamesTheKnownNetsWhenAskedForAnUnknownOne) {
  EXPECT_THAT(
      [] { find_net("resnet19"); },
      ThrowsMessage<std::invalid_argument>(
          AllOf(HasSubstr("resnet19"), HasSubstr("resnet18, resnet34"))));
}

class EveryNet : public ::testing::TestWithParam<NetEntry> {};

TEST_P(EveryNet, HasTheFactsThatTheTableStates) {
  const c10::NoGradGuard guard;
  const NetFacts& facts = GetParam().facts;
  const auto net = GetParam().build({});
  std::int64_t parameters = 0;
  for (const NamedTensor& entry : net->state()) {
    parameters += entry.is_parameter ? entry.tensor.numel() : 0;
  }
  EXPECT_EQ(parameters, facts.parameters);
  std::int64_t macs = 0;
  const auto logits = net->forward(
      at::zeros({1, 3, facts.input_px, facts.input_px}), Pass{.macs = &macs});
  EXPECT_EQ(logits.sizes(), (at::IntArrayRef{1, 1000}));
  EXPECT_EQ(macs, facts.macs);
}

TEST_P(EveryNet, WorksAtItsSmallestInputAndNotBelow) {
  const c10::NoGradGuard guard;
  const NetFacts& facts = GetParam().facts;
  const auto net = GetParam().build({.classes = 5, .channels = 1});
  const int px = facts.minimum_px;
  EXPECT_EQ(
      net->forward(at::zeros({1, 1, px, px}), Pass{}).sizes(),
      (at::IntArrayRef{1, 5}));
  if (px > 1) {
    EXPECT_ANY_THROW(net->forward(at::zeros({1, 1, px - 1, px - 1}), Pass{}));
  }
}

TEST_P(EveryNet, StartsEqualFromEqualSeedsAndDiffersOtherwise) {
  const auto build = [](std::uint64_t seed) {
    return GetParam().build({.classes = 3, .seed = seed})->state();
  };
  const auto a = build(1);
  const auto b = build(1);
  const auto c = build(2);
  bool differs = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_TRUE(a[i].tensor.equal(b[i].tensor)) << a[i].name;
    differs = differs || !a[i].tensor.equal(c[i].tensor);
  }
  EXPECT_TRUE(differs);
}

TEST_P(EveryNet, HasAHeadWithThePrefixThatTheTableStates) {
  const auto has = [](const std::vector<NamedTensor>& state,
                      const NamedTensor& entry) {
    for (const NamedTensor& other : state) {
      if (other.name == entry.name) {
        return other.tensor.sizes() == entry.tensor.sizes();
      }
    }
    return false;
  };
  const auto five = GetParam().build({.classes = 5})->state();
  const auto six = GetParam().build({.classes = 6})->state();
  for (const NamedTensor& entry : five) {
    EXPECT_EQ(has(six, entry), !entry.name.starts_with(GetParam().facts.head))
        << entry.name;
  }
}

TEST(Dropout, IsWhatIsAskedForAndElseThePapers) {
  const c10::NoGradGuard guard;
  const Pass pass{
      .training = true, .keys = {.samples = at::arange(2, at::kLong)}};
  for (const auto& [name, own] :
       {std::pair{"alexnet", 0.5}, std::pair{"resnet18", 0.0}}) {
    const auto logits = [&, net = name](double dropout) {
      return find_net(net)
          .build({.classes = 5, .dropout = dropout})
          ->forward(at::ones({2, 3, 64, 64}), pass);
    };
    EXPECT_FALSE(logits(0.9).equal(logits(own))) << name;
    EXPECT_TRUE(logits(kOwnDropout).equal(logits(own))) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, EveryNet, ::testing::ValuesIn(registered_nets()), [](const auto& it) {
      return std::string(it.param.facts.name);
    });

}  // namespace
}  // namespace convoy
