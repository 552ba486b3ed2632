#include "nets/registry.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "nets/stages.h"

namespace convoy {

/// For gtest, which would print the entry's bytes.
void PrintTo(const NetEntry& entry, std::ostream* out) {
  *out << entry.facts.name;
}

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

TEST(Registry, TakesANetworkOfOnesOwnAndRefusesItsNameAfterwards) {
  static std::vector<double> widths;  // the network stays registered
  const NetEntry own{
      {.name = "of_ones_own", .head = "classifier.6."},
      [](const NetOptions& options) {
        widths.push_back(options.values.at("width"));
        return find_net("squeezenet1_1").build(options);
      },
      {{.name = "width", .value = 16}}};
  register_net(own);
  EXPECT_EQ(net_names().back(), "of_ones_own");
  find_net("of_ones_own").build({});
  find_net("of_ones_own").build({.values = {{"width", 8}}});
  EXPECT_EQ(widths, (std::vector<double>{16, 8}));
  const auto message = [](const char* part) {
    return ThrowsMessage<std::invalid_argument>(HasSubstr(part));
  };
  EXPECT_THAT(
      [&] { register_net(own); },
      message("\"of_ones_own\" is there already; give the new one another"));
  EXPECT_THAT(
      [] {
        register_net({{.name = "resnet18"}, find_net("resnet18").build});
      },
      message("\"resnet18\" is there already"));
  EXPECT_THAT(
      [] {
        register_net({{.name = "hollow"}, nullptr});
      },
      message("\"hollow\" has no function `build`"));
  EXPECT_THAT(
      [&] {
        register_net({{.name = "headless"}, own.build});
      },
      message("\"headless\" names no head; set NetFacts::head"));
  EXPECT_THAT(
      [&] {
        register_net(
            {{.name = "tiny", .input_px = 28, .minimum_px = 32, .head = "fc."},
             own.build});
      },
      message("\"tiny\" is made for inputs of 28 px and takes 32 px at least"));
}

class EveryNet : public ::testing::TestWithParam<NetEntry> {};

TEST_P(EveryNet, HasTheFactsThatTheTableStates) {
  const c10::NoGradGuard guard;
  const NetFacts& facts = GetParam().facts;
  const auto net = GetParam().build({});
  std::int64_t parameters = 0;
  int layers = 0;
  for (const NamedTensor& entry : net->state()) {
    parameters += entry.is_parameter ? entry.tensor.numel() : 0;
    // A norm's weight is a row.
    layers += entry.name.ends_with(".weight") && entry.tensor.dim() > 1 ? 1 : 0;
  }
  EXPECT_EQ(parameters, facts.parameters);
  EXPECT_EQ(layers, facts.layers);
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
    EXPECT_EQ(has(six, entry), !is_head(GetParam().facts, entry.name))
        << entry.name;
  }
  std::vector<std::string_view> prefixes = GetParam().facts.auxiliary_heads;
  prefixes.push_back(GetParam().facts.head);
  for (const std::string_view prefix : prefixes) {
    EXPECT_TRUE(std::any_of(five.begin(), five.end(), [&](const auto& entry) {
      return entry.name.starts_with(prefix);
    })) << prefix;
  }
}

TEST_P(EveryNet, HasLogitsOfItsAuxiliaryHeadsInTrainingAlone) {
  const c10::NoGradGuard guard;
  const NetFacts& facts = GetParam().facts;
  const auto net = GetParam().build({.classes = 5});
  const int px = facts.minimum_px;
  const at::Tensor images = at::ones({2, 3, px, px});
  EXPECT_TRUE(net->logits(images, Pass{}).auxiliary.empty());
  const auto auxiliary =
      net->logits(
             images,
             {.training = true, .keys = {.samples = at::arange(2, at::kLong)}})
          .auxiliary;
  EXPECT_EQ(auxiliary.size(), facts.auxiliary_heads.size());
  EXPECT_EQ(facts.auxiliary_weight > 0, !facts.auxiliary_heads.empty());
  for (const at::Tensor& logits : auxiliary) {
    EXPECT_EQ(logits.sizes(), (at::IntArrayRef{2, 5}));
  }
}

TEST_P(EveryNet, HoldsEveryTensorInOneStage) {
  const auto state = GetParam().build({.classes = 3})->state();
  std::size_t tensors = 0;
  for (const Stage& stage : stages_of(state, GetParam().facts)) {
    tensors += stage.tensors.size();
    EXPECT_GT(stage.parameters, 0) << stage.name;
  }
  EXPECT_EQ(tensors, state.size());
}

struct OwnDrop {
  const char* net;
  double dropout;
};

class OwnDropout : public ::testing::TestWithParam<OwnDrop> {};

TEST_P(OwnDropout, IsUsedUnlessAnotherIsAskedFor) {
  const c10::NoGradGuard guard;
  const Pass pass{
      .training = true, .keys = {.samples = at::arange(2, at::kLong)}};
  const auto logits = [&](double dropout) {
    return find_net(GetParam().net)
        .build({.classes = 5, .dropout = dropout})
        ->forward(at::ones({2, 3, 64, 64}), pass);
  };
  const at::Tensor own = logits(GetParam().dropout);
  EXPECT_TRUE(logits(kOwnDropout).equal(own));
  EXPECT_FALSE(logits(0.9).equal(own));
}

const auto net_of_drop = [](const auto& it) { return it.param.net; };

INSTANTIATE_TEST_SUITE_P(
    Quick,
    OwnDropout,
    ::testing::Values(
        OwnDrop{"alexnet", 0.5},
        OwnDrop{"resnet18", 0.0},
        OwnDrop{"mobilenet_v2", 0.2},
        OwnDrop{"mobilenet_v3_small", 0.2},
        OwnDrop{"efficientnet_b0", 0.2},
        OwnDrop{"cifar_resnet20", 0.0}),
    net_of_drop);

INSTANTIATE_TEST_SUITE_P(
    Full,
    OwnDropout,
    ::testing::Values(
        OwnDrop{"mobilenet_v3_large", 0.2},
        OwnDrop{"efficientnet_b1", 0.2},
        OwnDrop{"efficientnet_b2", 0.3},
        OwnDrop{"efficientnet_b3", 0.3},
        OwnDrop{"efficientnet_b4", 0.4},
        OwnDrop{"convnext_tiny", 0.0}),
    net_of_drop);

/// Large networks take their time to be drawn.
std::vector<NetEntry> nets_of(bool large) {
  std::vector<NetEntry> some;
  for (const NetEntry& entry : registered_nets()) {
    if ((entry.facts.parameters > 15'000'000) == large) {
      some.push_back(entry);
    }
  }
  return some;
}

std::string name_of_case(const ::testing::TestParamInfo<NetEntry>& it) {
  return std::string(it.param.facts.name);
}

INSTANTIATE_TEST_SUITE_P(
    Quick, EveryNet, ::testing::ValuesIn(nets_of(false)), name_of_case);
INSTANTIATE_TEST_SUITE_P(
    Full, EveryNet, ::testing::ValuesIn(nets_of(true)), name_of_case);

}  // namespace
}  // namespace convoy
