#include "trainer/loop/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace convoy {
namespace {

constexpr RunLength kLength{.steps_per_epoch = 10, .total_steps = 300};

double factor(const ScheduleOptions& options, std::int64_t step) {
  return schedule_factor(options, kLength, step);
}

TEST(Schedule, StaysConstant) {
  EXPECT_EQ(factor({.name = ScheduleName::constant}, 0), 1);
  EXPECT_EQ(factor({.name = ScheduleName::constant}, 299), 1);
}

TEST(Schedule, WarmsUpLinearlyInEpochsOrIterations) {
  const ScheduleOptions epochs{
      .name = ScheduleName::constant, .warmup_epochs = 2, .warmup_start = 0.1};
  EXPECT_DOUBLE_EQ(factor(epochs, 0), 0.1);
  EXPECT_DOUBLE_EQ(factor(epochs, 10), 0.55);
  EXPECT_DOUBLE_EQ(factor(epochs, 20), 1);
  const ScheduleOptions iterations{
      .name = ScheduleName::constant,
      .warmup_iterations = 4,
      .warmup_start = 0};
  EXPECT_DOUBLE_EQ(factor(iterations, 1), 0.25);
  EXPECT_DOUBLE_EQ(factor(iterations, 4), 1);
}

TEST(Schedule, DropsEveryThirtyEpochsAsTorchvisionsReference) {
  const ScheduleOptions options{
      .name = ScheduleName::step, .every = 10, .gamma = 0.1};
  EXPECT_DOUBLE_EQ(factor(options, 99), 1);
  EXPECT_DOUBLE_EQ(factor(options, 100), 0.1);
  EXPECT_DOUBLE_EQ(factor(options, 299), 0.01);
}

TEST(Schedule, DropsAtMilestonesInIterations) {
  const ScheduleOptions options{
      .name = ScheduleName::multi_step,
      .unit = ScheduleUnit::iteration,
      .milestones = {50, 250},
      .gamma = 0.5};
  EXPECT_DOUBLE_EQ(factor(options, 49), 1);
  EXPECT_DOUBLE_EQ(factor(options, 50), 0.5);
  EXPECT_DOUBLE_EQ(factor(options, 250), 0.25);
}

TEST(Schedule, FollowsACosineAfterWarmUp) {
  const ScheduleOptions options{
      .name = ScheduleName::cosine, .warmup_epochs = 10, .final_fraction = 0.2};
  EXPECT_DOUBLE_EQ(factor(options, 100), 1);
  EXPECT_NEAR(factor(options, 200), 0.6, 1e-12);
  EXPECT_NEAR(factor(options, 300), 0.2, 1e-12);
}

TEST(Schedule, FallsByAPowerAsCaffesPolyPolicy) {
  const ScheduleOptions options{.name = ScheduleName::polynomial, .power = 0.5};
  EXPECT_DOUBLE_EQ(factor(options, 0), 1);
  EXPECT_DOUBLE_EQ(factor(options, 225), 0.5);
  EXPECT_DOUBLE_EQ(factor(options, 300), 0);
}

TEST(Schedule, FollowsTorchsOneCycle) {
  // torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=300), defaults,
  // at the steps named.
  const ScheduleOptions options{
      .name = ScheduleName::one_cycle,
      .final_fraction = 0.04 / 1e4,
      .rise = 0.3,
      .start_fraction = 0.04};
  EXPECT_NEAR(factor(options, 0), 0.04, 1e-12);
  EXPECT_NEAR(factor(options, 45), 0.5284712707087, 1e-9);
  EXPECT_NEAR(factor(options, 89), 1.0, 1e-12);
  EXPECT_NEAR(factor(options, 194), 0.500002, 1e-9);
  EXPECT_NEAR(factor(options, 299), 4e-6, 1e-12);
}

TEST(Plateau, DropsAfterPatienceAndNotBelowTheFloor) {
  const ScheduleOptions options{
      .name = ScheduleName::plateau,
      .gamma = 0.1,
      .final_fraction = 0.05,
      .patience = 2,
      .threshold = 0.01};
  Plateau plateau;
  plateau.observe(options, 1.0);
  plateau.observe(options, 0.995);  // too small an improvement
  EXPECT_EQ(plateau.factor, 1);
  plateau.observe(options, 1.2);
  EXPECT_DOUBLE_EQ(plateau.factor, 0.1);
  plateau.observe(options, 0.5);  // an improvement
  plateau.observe(options, 0.6);
  EXPECT_DOUBLE_EQ(plateau.factor, 0.1);
  plateau.observe(options, 0.6);
  EXPECT_DOUBLE_EQ(plateau.factor, 0.05);
}

}  // namespace
}  // namespace convoy
