#include "trainer/loop/ema.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

Model network() {
  return Model({.net = "resnet18", .options = {.classes = 2, .seed = 1}});
}

TEST(Ema, FollowsTheModelWithItsDecay) {
  Model model = network();
  const at::Tensor weight = model.state()[0].tensor.detach();
  weight.fill_(1);
  Ema ema(model, 0.5);
  weight.fill_(3);
  ema.update(1000, at::zeros({}));
  EXPECT_EQ(ema.state()[0].name, "ema.conv1.weight");
  EXPECT_EQ(ema.state()[0].tensor.flatten()[0].item<double>(), 2);
  ema.update(1000, at::zeros({}));
  EXPECT_EQ(ema.state()[0].tensor.flatten()[0].item<double>(), 2.5);
}

TEST(Ema, IsShortEarlyInARun) {
  Model model = network();
  const at::Tensor weight = model.state()[0].tensor.detach();
  weight.fill_(0);
  Ema ema(model, 0.999);
  weight.fill_(1);
  ema.update(0, at::zeros({}));  // a decay of 1/10
  EXPECT_NEAR(ema.state()[0].tensor.flatten()[0].item<double>(), 0.9, 1e-6);
}

TEST(Ema, TakesNoNoticeOfASkippedStep) {
  Model model = network();
  const at::Tensor weight = model.state()[0].tensor.detach();
  weight.fill_(0);
  Ema ema(model, 0.5);
  weight.fill_(1);
  ema.update(1000, at::ones({}));
  EXPECT_EQ(ema.state()[0].tensor.flatten()[0].item<double>(), 0);
}

TEST(Ema, IsInTheModelForAWhileAndLeavesEveryBitAsItWas) {
  Model model = network();
  Ema ema(model, 0.9);
  const at::Tensor weight = model.state()[0].tensor.detach();
  weight.mul_(3);
  const at::Tensor before = weight.clone();
  {
    const Ema::InModel scope(ema);
    EXPECT_TRUE(at::equal(weight, ema.state()[0].tensor));
    EXPECT_FALSE(at::equal(weight, before));
  }
  EXPECT_TRUE(at::equal(weight, before));
}

}  // namespace
}  // namespace convoy
