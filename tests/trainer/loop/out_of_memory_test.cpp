#include "trainer/loop/out_of_memory.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/thread_world.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

/// What LibTorch throws when it is asked for more than any machine has.
std::exception_ptr refusal() {
  try {
    at::empty({std::int64_t{1} << 55}, at::kByte);
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

/// The advice for a batch of 8 pictures.
std::string advice(std::int64_t micro, bool batch_norm) {
  std::string text;
  testing::run_worlds(1, [&](World& world) {
    Config config;
    config.batch.global = 8;
    Model model({.net = "resnet18", .options = {.classes = 2}});
    TrainStep step(config, Precision::fp32, model, world);
    const DeviceBatch batch{
        at::zeros({8, 3, 32, 32}),
        at::zeros({8}, at::kLong),
        at::zeros({8}, at::kLong)};
    text = out_of_memory_advice({refusal(), micro, batch_norm}, step, batch);
  });
  return text;
}

TEST(OutOfMemory, SuggestsAMicroBatchThatWasTried) {
  EXPECT_THAT(
      advice(8, true),
      AllOf(
          HasSubstr("out of memory: 8 samples of 32 x 32 at a time"),
          HasSubstr("tried to allocate 36028797018963968 bytes"),
          HasSubstr("this process holds "),
          HasSubstr("4 at a time were tried and fit: set batch.micro=4"),
          Not(HasSubstr("\n"))));
}

TEST(OutOfMemory, GoesDownUntilOneFits) {
  // 32 and 16 samples are more than there are, as good as too many.
  EXPECT_THAT(advice(64, true), HasSubstr("set batch.micro=8"));
}

TEST(OutOfMemory, SuggestsNoMicroBatchThatBatchNormRefuses) {
  EXPECT_THAT(advice(2, true), HasSubstr("no smaller micro-batch fits either"));
}

LoaderOptions loader(std::size_t samples, std::size_t ring) {
  LoaderOptions options;
  options.batch_capacity = samples;
  options.ring_batches = ring;
  options.sample_values = 250000 - 4;  // a million bytes a sample, all in all
  return options;
}

TEST(LoaderMemory, FitsOrIsRefusedWithSizesAndRemedy) {
  EXPECT_NO_THROW(require_loader_memory(loader(100, 4), 400'000'000));
  EXPECT_THAT(
      [] { require_loader_memory(loader(100, 4), 300'000'000); },
      ThrowsMessage<OutOfMemory>(
          "out of memory: the loader's 4 batches of 100 samples want 400 MB a "
          "rank, and 300 MB are left for it; set data.prefetch_batches=1"));
  EXPECT_THAT(
      [] { require_loader_memory(loader(100, 4), 150'000'000); },
      ThrowsMessage<OutOfMemory>(
          HasSubstr("a rank could hold 75 samples: set batch.global")));
}

TEST(LoaderMemory, IsNotFooledByAbsurdSizes) {
  EXPECT_THROW(
      require_loader_memory(loader(std::size_t{1} << 46, 1025), 1'000'000),
      OutOfMemory);
}

}  // namespace
}  // namespace convoy
