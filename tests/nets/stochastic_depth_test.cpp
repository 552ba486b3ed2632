// Stochastic depth: the function, and its place in the networks that have it.

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "nets/layers/dropout.h"
#include "nets/registry.h"

namespace convoy {
namespace {

Pass depth_pass(const at::Tensor& samples, std::int64_t step = 1) {
  return {
      .training = true, .keys = {.seed = 3, .step = step, .samples = samples}};
}

TEST(StochasticDepth, DependsOnTheSampleAndNotOnItsPlaceInTheBatch) {
  const auto ids = at::arange(40, at::kLong);
  const auto x = at::randn({40, 2, 3, 3}, init_generator(1));
  const auto whole = stochastic_depth(x, 0.5, depth_pass(ids), 2);
  const auto turned =
      stochastic_depth(x.flip(0), 0.5, depth_pass(ids.flip(0)), 2).flip(0);
  const auto tail = stochastic_depth(
      x.narrow(0, 30, 10), 0.5, depth_pass(ids.narrow(0, 30, 10)), 2);
  EXPECT_TRUE(whole.equal(turned));
  EXPECT_TRUE(whole.narrow(0, 30, 10).equal(tail));
}

TEST(StochasticDepth, DropsWholeSamplesAndScalesTheOthers) {
  const auto x = at::randn({50, 2, 3}, init_generator(1));
  const auto y =
      stochastic_depth(x, 0.75, depth_pass(at::arange(50, at::kLong)), 0);
  int dropped = 0;
  for (int n = 0; n < 50; ++n) {
    const bool zero = y[n].eq(0).all().item<bool>();
    EXPECT_TRUE(zero || y[n].equal(x[n] * 4)) << n;
    dropped += zero ? 1 : 0;
  }
  EXPECT_GT(dropped, 0);
  EXPECT_LT(dropped, 50);
}

TEST(StochasticDepth, DropsTheExpectedShare) {
  const int n = 20000;
  for (const double p : {0.05, 0.5, 0.9}) {
    const auto y = stochastic_depth(
        at::ones({n, 1}), p, depth_pass(at::arange(n, at::kLong)), 0);
    const double share = y.eq(0).to(at::kDouble).mean().item<double>();
    EXPECT_NEAR(share, p, 4 * std::sqrt(p * (1 - p) / n));
  }
}

TEST(StochasticDepth, DiffersByStepAndLayer) {
  const auto ids = at::arange(100, at::kLong);
  const auto x = at::ones({100, 1});
  const auto base = stochastic_depth(x, 0.5, depth_pass(ids), 0);
  EXPECT_TRUE(base.equal(stochastic_depth(x, 0.5, depth_pass(ids), 0)));
  EXPECT_FALSE(base.equal(stochastic_depth(x, 0.5, depth_pass(ids, 2), 0)));
  EXPECT_FALSE(base.equal(stochastic_depth(x, 0.5, depth_pass(ids), 1)));
}

TEST(StochasticDepth, PassesGradientsThroughWhatItKept) {
  auto x = at::ones({30, 4}).requires_grad_();
  const auto y =
      stochastic_depth(x, 0.5, depth_pass(at::arange(30, at::kLong)), 0);
  y.sum().backward();
  EXPECT_TRUE(x.grad().equal(y.detach()));
  EXPECT_TRUE(y.eq(0).any().item<bool>());
}

TEST(StochasticDepth, DoesNothingInEvaluationOrWithoutProbability) {
  const auto x = at::ones({4, 10});
  EXPECT_TRUE(stochastic_depth(x, 0.5, Pass{}, 0).is_same(x));
  EXPECT_TRUE(stochastic_depth(x, 0, depth_pass(at::arange(4, at::kLong)), 0)
                  .is_same(x));
}

constexpr int kPictures = 100;

/// Logits in training of as many equal pictures.
at::Tensor logits_in_training(const Net& net) {
  const auto picture = at::randn({1, 3, 32, 32}, init_generator(1));
  return net.forward(
      picture.expand({kPictures, 3, 32, 32}),
      depth_pass(at::arange(kPictures, at::kLong)));
}

/// The share of samples that are dropped by the block whose branch is scaled by
/// `one`, in the network `name` with stochastic depth 0.8. The scales of all
/// branches end in `ending`; the other blocks' are set to 0, so that they do
/// nothing (but where a stage begins: there the block is no branch). Batch norm
/// is frozen, so that samples do not see each other.
double share_dropped(
    const std::string& name,
    const std::string& one,
    const std::string& ending) {
  const auto net = find_net(name).build(
      {.classes = 5, .dropout = 0, .stochastic_depth = 0.8});
  net->choose_trained([](const std::string&) { return false; });
  at::Tensor kept;
  for (const NamedTensor& entry : net->state()) {
    const bool branch = entry.name.find(".0.block.") == std::string::npos;
    if (entry.name.ends_with(ending) && branch) {
      entry.tensor.zero_();
      kept = entry.name == one ? entry.tensor : kept;
    }
  }
  kept.fill_(1);
  const at::Tensor with = logits_in_training(*net);
  kept.zero_();
  const at::Tensor same = with.eq(logits_in_training(*net)).all(1);
  return same.to(at::kDouble).mean().item<double>();
}

void expect_share(double share, double p) {
  EXPECT_NEAR(share, p, 4 * std::sqrt(p * (1 - p) / kPictures));
}

TEST(StochasticDepth, GrowsFromBlockToBlockOfConvNeXtUpToWhatIsAskedFor) {
  const c10::NoGradGuard guard;
  const auto share = [](const std::string& block) {
    return share_dropped(
        "convnext_tiny", "features." + block + ".layer_scale", "layer_scale");
  };
  expect_share(share("1.0"), 0);
  expect_share(share("5.3"), 0.8 * 9 / 17);
  expect_share(share("7.2"), 0.8);
}

TEST(StochasticDepth, GrowsFromBlockToBlockOfEfficientNet) {
  const c10::NoGradGuard guard;
  const auto share = [](const std::string& block) {
    const std::string ending = ".block.3.1.weight";
    return share_dropped(
        "efficientnet_b0", "features." + block + ending, ending);
  };
  expect_share(share("2.1"), 0.8 * 2 / 16);
  expect_share(share("6.3"), 0.8 * 14 / 16);
}

TEST(StochasticDepth, GrowsFromBlockToBlockOfResNetUpToWhatIsAskedFor) {
  const c10::NoGradGuard guard;
  const auto share = [](const std::string& block) {
    return share_dropped("resnet18", block + ".bn2.weight", ".bn2.weight");
  };
  expect_share(share("layer1.0"), 0.8 * 1 / 8);
  expect_share(share("layer4.1"), 0.8);
}

class PublishedWithout : public ::testing::TestWithParam<const char*> {};

TEST_P(PublishedWithout, LeavesBranchesOutOnlyWhereItIsAskedFor) {
  const c10::NoGradGuard guard;
  const auto samples_agree = [](double depth) {
    const auto net =
        find_net(GetParam())
            .build({.classes = 5, .dropout = 0, .stochastic_depth = depth});
    net->choose_trained([](const std::string&) { return false; });
    const at::Tensor logits = logits_in_training(*net);
    return logits.eq(logits[0]).all().item<bool>();
  };
  EXPECT_TRUE(samples_agree(kOwnDropout));
  EXPECT_FALSE(samples_agree(0.5));
}

INSTANTIATE_TEST_SUITE_P(
    Networks,
    PublishedWithout,
    ::testing::Values(
        "resnet18",
        "resnet50",
        "cifar_resnet20",
        "mobilenet_v2",
        "mobilenet_v3_small"),
    [](const auto& it) { return it.param; });

struct OwnDepth {
  const char* net;
  double depth;
};

class OwnStochasticDepth : public ::testing::TestWithParam<OwnDepth> {};

TEST_P(OwnStochasticDepth, IsUsedUnlessAnotherIsAskedFor) {
  const c10::NoGradGuard guard;
  const auto images = at::randn({8, 3, 32, 32}, init_generator(1));
  const auto logits = [&](double depth) {
    const auto net = find_net(GetParam().net)
                         .build({.classes = 5, .stochastic_depth = depth});
    for (const NamedTensor& entry : net->state()) {
      if (entry.name.ends_with("layer_scale")) {
        entry.tensor.fill_(1);
      }
    }
    return net->forward(images, depth_pass(at::arange(8, at::kLong)));
  };
  const at::Tensor own = logits(GetParam().depth);
  EXPECT_TRUE(logits(kOwnDropout).equal(own));
  EXPECT_FALSE(logits(0.9).equal(own));
}

const auto net_of_depth = [](const auto& it) { return it.param.net; };

INSTANTIATE_TEST_SUITE_P(
    Quick,
    OwnStochasticDepth,
    ::testing::Values(OwnDepth{"efficientnet_b0", 0.2}),
    net_of_depth);

INSTANTIATE_TEST_SUITE_P(
    Full,
    OwnStochasticDepth,
    ::testing::Values(
        OwnDepth{"efficientnet_b1", 0.2},
        OwnDepth{"efficientnet_b2", 0.2},
        OwnDepth{"efficientnet_b3", 0.2},
        OwnDepth{"efficientnet_b4", 0.2},
        OwnDepth{"convnext_tiny", 0.1},
        OwnDepth{"convnext_small", 0.4},
        OwnDepth{"convnext_base", 0.5}),
    net_of_depth);

}  // namespace
}  // namespace convoy
