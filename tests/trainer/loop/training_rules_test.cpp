#include "trainer/loop/training_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace convoy {
namespace {

std::map<std::string, TrainedParameter> rules(const Config& config) {
  const Model model(
      {.net = "resnet18",
       .options = {.classes = 4},
       .fine_tune = config.fine_tune});
  std::map<std::string, TrainedParameter> by_name;
  for (const TrainedParameter& rule : training_rules(model, config)) {
    by_name[rule.name] = rule;
  }
  return by_name;
}

TEST(TrainingRules, TakeFactorsByTheBeginningOfTheNameTheLastWins) {
  Config c;
  c.fine_tune.rates = {"layer=0.5", "layer1.=0.1"};
  c.fine_tune.decays = {"fc.bias=0"};
  c.fine_tune.head_lr_multiplier = 10;
  const auto all = rules(c);
  EXPECT_EQ(all.at("conv1.weight").lr_multiplier, 1);
  EXPECT_EQ(all.at("layer1.0.conv1.weight").lr_multiplier, 0.1);
  EXPECT_EQ(all.at("layer2.0.conv1.weight").lr_multiplier, 0.5);
  EXPECT_EQ(all.at("fc.weight").lr_multiplier, 10);
  EXPECT_EQ(all.at("fc.weight").decay_multiplier, 1);
  EXPECT_EQ(all.at("fc.bias").decay_multiplier, 0);
}

TEST(TrainingRules, TakeAStarForAnyText) {
  Config c;
  c.fine_tune.rates = {"*.bias=2", "layer*.bn1.bias=3"};
  const auto all = rules(c);
  EXPECT_EQ(all.at("fc.bias").lr_multiplier, 2);
  EXPECT_EQ(all.at("fc.weight").lr_multiplier, 1);
  EXPECT_EQ(all.at("layer2.1.bn1.bias").lr_multiplier, 3);
  EXPECT_EQ(all.at("layer2.1.bn2.bias").lr_multiplier, 2);
}

TEST(TrainingRules, LowerTheRateStageByStageFromTheHead) {
  Config c;
  c.fine_tune.layer_decay = 0.5;
  const auto all = rules(c);
  const auto rate = [&](const char* name) {
    return all.at(name).lr_multiplier;
  };
  EXPECT_EQ(rate("fc.weight"), 1);
  EXPECT_EQ(rate("fc.bias"), 1);
  EXPECT_EQ(rate("layer4.1.conv1.weight"), 0.5);
  EXPECT_EQ(rate("layer4.0.conv1.weight"), 0.25);
  EXPECT_EQ(rate("layer1.0.bn2.weight"), std::pow(0.5, 8));
  EXPECT_EQ(rate("conv1.weight"), std::pow(0.5, 9));
  EXPECT_EQ(rate("bn1.weight"), std::pow(0.5, 9));
}

TEST(TrainingRules, LeaveNormsAndBiasesUndecayedWhenAsked) {
  Config c;
  c.optimizer.decay_norm_and_bias = false;
  const auto all = rules(c);
  EXPECT_EQ(all.at("bn1.weight").decay_multiplier, 0);
  EXPECT_EQ(all.at("fc.bias").decay_multiplier, 0);
  EXPECT_EQ(all.at("fc.weight").decay_multiplier, 1);
}

TEST(NameFactor, IsTakenApartStrictly) {
  EXPECT_EQ(parse_name_factor("a.b=0.25")->name, "a.b");
  EXPECT_EQ(parse_name_factor("a.b=0.25")->factor, 0.25);
  for (const char* wrong :
       {"", "a", "=1", "a=", "a=x", "a=-1", "a=1x", "a=inf", "a=nan"}) {
    EXPECT_FALSE(parse_name_factor(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace convoy
