// Exact evaluation on a GPU.

#include "trainer/loop/evaluator.h"

#include <bit>

#include "tests/data/loader/fakes.h"
#include "tests/mpi/session.h"
#include "tests/support/gpu.h"

namespace convoy {
namespace {

using testing::FakeDataset;
using testing::session;

class GpuEvaluator : public testing::GpuTest {
 protected:
  static Sums measure(World& world, int workers, Precision precision) {
    const FakeDataset dataset(133);
    EvalOptions options;
    options.resize_px = 32;
    options.crop_px = 32;
    Model model(
        {.net = "resnet18",
         .options = {.classes = 10, .seed = 3},
         .device = world.device()});
    const auto transform = evaluation_transform(
        options,
        PixelStyle::torchvision,
        std::make_shared<Normalization>(normalization({}, 3)));
    return evaluate(
               model,
               precision,
               {.dataset = dataset,
                .make_transform = transform,
                .shape = {3, 32, 32},
                .block = 16,
                .workers = workers,
                .threads = 2},
               world)
        .sums;
  }

  static void expect_same_bits(const Sums& a, const Sums& b) {
    EXPECT_EQ(a.samples, b.samples);
    EXPECT_EQ(a.top1, b.top1);
    EXPECT_EQ(a.top5, b.top5);
    EXPECT_EQ(
        std::bit_cast<std::uint64_t>(a.loss),
        std::bit_cast<std::uint64_t>(b.loss));
  }
};

TEST_F(GpuEvaluator, RepeatsBitByBitWithAnyWorkers) {
  World world(
      session(), {.backend = Backend::mpi, .device = DeviceChoice::cuda});
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    const Sums once = measure(world, 1, precision);
    EXPECT_EQ(once.samples, 133);
    expect_same_bits(once, measure(world, 4, precision));
  }
}

TEST_F(GpuEvaluator, ComesCloseToTheCpu) {
  World gpu(session(), {.backend = Backend::mpi, .device = DeviceChoice::cuda});
  const Sums there = measure(gpu, 2, Precision::fp32);
  World cpu(session(), {.device = DeviceChoice::cpu});
  const Sums here = measure(cpu, 2, Precision::fp32);
  EXPECT_EQ(there.samples, here.samples);
  EXPECT_NEAR(there.loss, here.loss, 1e-2 * here.loss);
  // Scores that nearly tie may change places.
  EXPECT_NEAR(there.top1, here.top1, 3);
  EXPECT_NEAR(there.top5, here.top5, 3);
}

TEST_F(GpuEvaluator, GivesTheSameFiguresForAnySplitOfTheBlocks) {
  World all(session(), {.backend = Backend::mpi, .device = DeviceChoice::cuda});
  const Sums together = measure(all, 2, Precision::fp32);
  World one(session(), all, 1);
  if (one.contains()) {
    expect_same_bits(measure(one, 2, Precision::fp32), together);
  }
  all.control().barrier();
}

}  // namespace
}  // namespace convoy
