// The learning rates of the reference recipes at set epochs.

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "trainer/config/batch_sizes.h"
#include "trainer/config/read.h"
#include "trainer/loop/schedule.h"

namespace convoy {
namespace {

constexpr std::int64_t kImageNet = 1281167;

class Recipe {
 public:
  explicit Recipe(const std::string& name)
      : config_(
            load_config(
                std::string(CONVOY_SOURCE_DIR) + "/configs/" + name + ".yaml",
                {})
                .config),
        steps_((kImageNet + config_.batch.global - 1) / config_.batch.global) {}

  double at_epoch(double epoch) const {
    return at_step(
        static_cast<std::int64_t>(epoch * static_cast<double>(steps_)));
  }

  double at_step(std::int64_t step) const {
    const RunLength length{
        .steps_per_epoch = steps_,
        .total_steps = config_.run.epochs > 0 ? steps_ * config_.run.epochs
                                              : config_.run.iterations};
    return peak_lr(config_.optimizer, config_.batch.global) *
           schedule_factor(config_.schedule, length, step);
  }

 private:
  Config config_;
  std::int64_t steps_;
};

TEST(Recipes, ResNet50DropsByTenEvery30Epochs) {
  const Recipe recipe("imagenet_resnet50");
  EXPECT_DOUBLE_EQ(recipe.at_epoch(0), 0.1);
  EXPECT_DOUBLE_EQ(recipe.at_epoch(29.99), 0.1);
  EXPECT_DOUBLE_EQ(recipe.at_epoch(30), 0.01);
  EXPECT_DOUBLE_EQ(recipe.at_epoch(89), 0.001);
}

TEST(Recipes, TheNewerResNet50WarmsUpOverFiveEpochsAndFollowsACosine) {
  const Recipe recipe("imagenet_resnet50_v2");
  EXPECT_NEAR(recipe.at_epoch(0), 0.005, 1e-9);
  EXPECT_NEAR(recipe.at_epoch(2.5), 0.2525, 1e-3);
  EXPECT_NEAR(recipe.at_epoch(5), 0.5, 1e-9);
  EXPECT_NEAR(recipe.at_epoch(5 + 595 / 2.0), 0.25, 1e-4);
  EXPECT_LT(recipe.at_epoch(599.99), 1e-6);
}

TEST(Recipes, AlexNetStartsAtAHundredth) {
  const Recipe recipe("imagenet_alexnet");
  EXPECT_DOUBLE_EQ(recipe.at_epoch(0), 0.01);
  EXPECT_DOUBLE_EQ(recipe.at_epoch(30), 0.001);
  EXPECT_DOUBLE_EQ(recipe.at_epoch(60), 0.0001);
}

TEST(Recipes, InceptionFallsBy6PercentEveryTwoEpochs) {
  const Recipe recipe("imagenet_inception_v3");
  EXPECT_DOUBLE_EQ(recipe.at_epoch(1.9), 0.045);
  EXPECT_DOUBLE_EQ(recipe.at_epoch(2), 0.045 * 0.94);
  EXPECT_NEAR(recipe.at_epoch(20), 0.045 * std::pow(0.94, 10), 1e-12);
}

TEST(Recipes, CaffesGoogLeNetFallsAsARootToZero) {
  const Recipe recipe("imagenet_googlenet_caffe");
  EXPECT_DOUBLE_EQ(recipe.at_step(0), 0.01);
  EXPECT_NEAR(recipe.at_step(1200000), 0.01 * std::sqrt(0.5), 1e-9);
  EXPECT_NEAR(recipe.at_step(2399999), 0, 1e-5);
}

}  // namespace
}  // namespace convoy
