// Rules that also need the number of ranks, the dataset or the device.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/trainer/config/sound.h"
#include "trainer/config/validate.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::sound;

TEST(ValidateSurroundings, WantsASampleForEachRank) {
  EXPECT_THAT(
      validate(sound(), {.world_size = 9}),
      ElementsAre(
          "batch.global: 8 samples for 9 ranks; want at least one for each"));
  EXPECT_THAT(validate(sound(), {.world_size = 4}), IsEmpty());
}

TEST(ValidateSurroundings, WantsTwoSamplesForBatchNorm) {
  Config c = sound();
  EXPECT_THAT(
      validate(c, {.world_size = 5}),
      ElementsAre(HasSubstr("batch: 8 over 5 ranks in micro-batches of at most "
                            "2 gives batch norm a single sample")));
  c.batch.micro = 1;
  EXPECT_THAT(validate(c, {.world_size = 1}), SizeIs(1));
  c.net.name = "alexnet";  // has none
  EXPECT_THAT(validate(c, {.world_size = 5}), IsEmpty());
}

TEST(ValidateSurroundings, WantsAStepInAnEpoch) {
  Config c = sound();
  c.data.tail = Tail::drop;
  EXPECT_THAT(
      validate(c, {.train_samples = 7}),
      ElementsAre(AllOf(
          HasSubstr("the global batch of 8 is larger than the 7 training"),
          HasSubstr("use wrap or a smaller batch"))));
  EXPECT_THAT(validate(c, {.train_samples = 8}), IsEmpty());
  c.data.tail = Tail::wrap;
  EXPECT_THAT(validate(c, {.train_samples = 7}), IsEmpty());
}

TEST(ValidateSurroundings, WantsARunLongerThanItsWarmup) {
  Config c = sound();  // 2 epochs of 5 steps
  c.schedule.warmup_iterations = 10;
  EXPECT_THAT(
      validate(c, {.train_samples = 40}),
      ElementsAre(HasSubstr("schedule: a warm-up of 10 steps leaves nothing of "
                            "the run's 10 (an epoch has 5)")));
  c.schedule.warmup_iterations = 9;
  EXPECT_THAT(validate(c, {.train_samples = 40}), IsEmpty());
  c.run = {.epochs = 0, .iterations = 5};
  c.schedule = {.warmup_epochs = 1};
  EXPECT_THAT(validate(c, {.train_samples = 40}), SizeIs(1));
}

TEST(ValidateSurroundings, KeepsFp16OnGpus) {
  Config c = sound();
  c.precision = Precision::fp16;
  EXPECT_THAT(
      validate(c, {}),
      ElementsAre("precision: fp16 needs a GPU; use auto or fp32 on the CPU"));
  EXPECT_THAT(validate(c, {.device = c10::Device(c10::kCUDA, 0)}), IsEmpty());
}

}  // namespace
}  // namespace convoy
