// Rules that also need the number of ranks, the dataset or the device.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/trainer/config/sound.h"
#include "trainer/config/validate.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::sound;
using testing::texts;

std::vector<std::string> on_ranks(const Config& c, int world_size) {
  return texts(validate(c, world_size, {}));
}

std::vector<std::string> with_samples(const Config& c, std::int64_t samples) {
  return texts(validate_with_data(c, 1, samples));
}

TEST(ValidateSurroundings, WantsASampleForEachRank) {
  EXPECT_THAT(
      on_ranks(sound(), 9),
      ElementsAre(
          "batch.global: 8 samples for 9 ranks; want at least one for each"));
  EXPECT_THAT(on_ranks(sound(), 4), IsEmpty());
}

TEST(ValidateSurroundings, WantsTwoSamplesForBatchNorm) {
  Config c = sound();
  EXPECT_THAT(
      on_ranks(c, 5),
      ElementsAre(HasSubstr("8 over 5 ranks in micro-batches of at most 2 "
                            "gives batch norm a single sample")));
  c.batch.micro = 1;
  EXPECT_THAT(on_ranks(c, 1), SizeIs(1));
  c.fine_tune.freeze_batch_norm = true;
  EXPECT_THAT(on_ranks(c, 1), Each(Not(HasSubstr("single sample"))));
  c.fine_tune = {};
  c.net.name = "alexnet";  // has none
  EXPECT_THAT(on_ranks(c, 5), IsEmpty());
}

TEST(ValidateSurroundings, WantsAStepInAnEpoch) {
  Config c = sound();
  c.data.tail = Tail::drop;
  EXPECT_THAT(
      with_samples(c, 7),
      ElementsAre(AllOf(
          HasSubstr("the global batch of 8 is larger than the 7 training"),
          HasSubstr("use wrap or a smaller batch"))));
  EXPECT_THAT(with_samples(c, 8), IsEmpty());
  c.data.tail = Tail::wrap;
  EXPECT_THAT(with_samples(c, 7), IsEmpty());
}

TEST(ValidateSurroundings, WantsARunLongerThanItsWarmup) {
  Config c = sound();  // 2 epochs of 5 steps
  c.schedule.warmup_iterations = 10;
  EXPECT_THAT(
      with_samples(c, 40),
      ElementsAre("schedule.warmup_iterations: a warm-up of 10 steps leaves "
                  "nothing of the run's 10 (an epoch has 5)"));
  c.schedule.warmup_iterations = 9;
  EXPECT_THAT(with_samples(c, 40), IsEmpty());
  c.run = {.epochs = 0, .iterations = 5};
  c.schedule = {.warmup_epochs = 1};
  EXPECT_THAT(with_samples(c, 40), SizeIs(1));
}

TEST(ValidateSurroundings, WantsUnfreezingWithinTheRun) {
  Config c = sound();  // 2 epochs of 5 steps
  c.fine_tune = {.mode = FineTuneMode::head, .unfreeze = {"layer4=1", "all=2"}};
  EXPECT_THAT(
      with_samples(c, 40),
      ElementsAre(
          "fine_tune.unfreeze: \"all=2\" comes after 2 epochs, and the "
          "run has 10 steps (an epoch has 5); want fewer epochs there, or a "
          "longer run"));
  c.run.epochs = 3;
  EXPECT_THAT(with_samples(c, 40), IsEmpty());
}

TEST(ValidateSurroundings, KeepsFp16OnGpus) {
  Config c = sound();
  c.precision = Precision::fp16;
  EXPECT_THAT(
      on_ranks(c, 1), ElementsAre(HasSubstr("fp16 needs a GPU; use auto or")));
  GpuReport one;
  one.gpus.resize(1);
  EXPECT_THAT(validate(c, 1, one), IsEmpty());
  c.run.device = DeviceChoice::cpu;
  EXPECT_THAT(validate(c, 1, one), SizeIs(1));
}

TEST(ValidateSurroundings, KeepsNcclOnGpus) {
  Config c = sound();
  c.distributed.backend = Backend::nccl;
  EXPECT_THAT(
      on_ranks(c, 1),
      ElementsAre("distributed.backend, run.device: nccl is for GPUs; use auto "
                  "or mpi on the CPU"));
  GpuReport one;
  one.gpus.resize(1);
  EXPECT_THAT(validate(c, 1, one), IsEmpty());
}

TEST(ValidateSurroundings, TellsThatAGpuIsMissingOrUnusable) {
  Config c = sound();
  c.run.device = DeviceChoice::cuda;
  EXPECT_THAT(
      on_ranks(c, 1),
      ElementsAre(HasSubstr("run.device: cuda is asked for, but no NVIDIA GPU "
                            "is visible")));
  c.run.device = DeviceChoice::automatic;
  GpuReport old;
  old.problem = "the driver is too old";
  EXPECT_THAT(
      texts(validate(c, 1, old)),
      ElementsAre(HasSubstr("run.device: a GPU is there but can't be used: the "
                            "driver is too old")));
}

}  // namespace
}  // namespace convoy
