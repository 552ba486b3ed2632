// One training step on a GPU: against the CPU, against itself, in 16 bits.

#include "trainer/loop/train_step.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>

#include <cmath>
#include <cstdlib>

#include "tests/mpi/session.h"
#include "tests/support/gpu.h"
#include "trainer/health/device_memory.h"
#include "trainer/loop/kernel_choice.h"
#include "trainer/loop/out_of_memory.h"
#include "trainer/loop/readback.h"

namespace convoy {
namespace {

// cuBLAS reads it once, at its first operation in the process.
const int kWorkspaceIsSet = setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);

constexpr std::int64_t kSamples = 16;

DeviceBatch make_batch(c10::Device device, std::int64_t px) {
  const std::int64_t values = kSamples * 3 * px * px;
  return {
      at::arange(values, at::kFloat)
          .mul(0.37)
          .sin()
          .reshape({kSamples, 3, px, px})
          .contiguous(at::MemoryFormat::ChannelsLast)
          .to(device),
      at::arange(kSamples, at::kLong).remainder(10).to(device),
      at::arange(kSamples, at::kLong).add(100).to(device)};
}

struct Outcome {
  StepFigures figures;
  at::Tensor before;  ///< all parameters and statistics, flat
  at::Tensor after;
};

class GpuTrainStep : public testing::GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    // TF32 has 10 bits of mantissa: comparisons with the CPU want them all.
    at::globalContext().setAllowTF32CuDNN(false);
  }

  void TearDown() override {
    at::globalContext().setAllowTF32CuDNN(true);
    at::globalContext().setDeterministicAlgorithms(false, false);
    at::globalContext().setDeterministicCuDNN(false);
  }

  /// Ranks that would share a GPU can't use NCCL.
  static Backend backend() {
    return testing::gpu_count() < testing::session().control().size()
               ? Backend::mpi
               : Backend::automatic;
  }

  static at::Tensor flat(const TrainStep& step) {
    std::vector<at::Tensor> all;
    for (const NamedTensor& entry : step.state()) {
      if (entry.tensor.is_floating_point()) {
        all.push_back(
            entry.tensor.detach().cpu().to(at::kDouble).contiguous().view(-1));
      }
    }
    return at::cat(all);
  }

  struct Case {
    const char* net = "resnet18";
    std::int64_t px = 64;
    Precision precision = Precision::fp32;
    double loss_scale = 1;
    int steps = 1;
    int micro = 0;
  };

  static Outcome run(DeviceChoice where, const Case& c) {
    World world(
        testing::session(),
        {.backend = backend(), .device = where, .timeout_s = 60});
    Config config;
    config.optimizer.lr = 0.01;
    config.batch.micro = c.micro;
    Model model(
        {.net = c.net,
         .options = {.classes = 10, .dropout = 0.3, .seed = 5},
         .device = world.device()});
    TrainStep step(config, c.precision, model, world);
    const auto clock = make_phase_clock(world.device());
    Readback readback(world.device());
    Outcome outcome;
    outcome.before = flat(step);
    const DeviceBatch batch = make_batch(world.device(), c.px);
    std::vector<StepFigures> due;
    for (int i = 0; i < c.steps; ++i) {
      clock->begin(Phase::data);
      due = readback.push(
          i,
          step.run(
              batch,
              {.step = i,
               .global_batch = kSamples * world.size(),
               .lr = 0.01,
               .loss_scale = c.loss_scale},
              *clock));
    }
    if (world.device().is_cuda()) {
      due = readback.flush();
    }
    outcome.figures = due.back();
    outcome.after = flat(step);
    world.gradients().barrier();
    return outcome;
  }

  /// Of the change that the step made, how far apart two outcomes are.
  static double distance(const Outcome& a, const Outcome& b) {
    const auto change = b.after - b.before;
    return ((a.after - b.after).norm() / change.norm()).item<double>();
  }
};

TEST_F(GpuTrainStep, ComesCloseToTheCpusInFp32) {
  for (const Case& c :
       {Case{.net = "resnet18"}, Case{.net = "alexnet", .px = 96}}) {
    const Outcome cpu = run(DeviceChoice::cpu, c);
    const Outcome gpu = run(DeviceChoice::cuda, c);
    EXPECT_TRUE(at::equal(gpu.before, cpu.before)) << c.net;
    EXPECT_NEAR(gpu.figures.loss, cpu.figures.loss, 1e-3 * cpu.figures.loss);
    EXPECT_EQ(gpu.figures.samples, cpu.figures.samples);
    EXPECT_FALSE(gpu.figures.nonfinite);
    // Batch norm over 16 samples magnifies rounding: PyTorch's own layouts
    // differ by 1e-2 of the gradient on the CPU.
    EXPECT_LT(distance(gpu, cpu), 5e-2) << c.net;
    EXPECT_NEAR(
        gpu.figures.gradient_norm,
        cpu.figures.gradient_norm,
        5e-2 * cpu.figures.gradient_norm);
  }
}

TEST_F(GpuTrainStep, RepeatsBitByBitWithDeterministicKernels) {
  use_deterministic_kernels();
  EXPECT_TRUE(repeats_bit_by_bit(device()));
  for (const Case& c :
       {Case{.net = "resnet18", .steps = 3},
        Case{.net = "alexnet", .px = 224, .steps = 2},
        Case{.precision = Precision::bf16, .steps = 3}}) {
    const Outcome once = run(DeviceChoice::cuda, c);
    const Outcome again = run(DeviceChoice::cuda, c);
    EXPECT_TRUE(at::equal(once.after, again.after)) << c.net;
    EXPECT_EQ(once.figures.loss, again.figures.loss);
  }
}

TEST_F(GpuTrainStep, StaysFiniteIn16Bits) {
  const Outcome fp32 = run(DeviceChoice::cuda, {.steps = 3});
  for (const auto& [precision, scale] :
       {std::pair{Precision::bf16, 1.0}, {Precision::fp16, 1024.0}}) {
    const Outcome low =
        run(DeviceChoice::cuda,
            {.precision = precision, .loss_scale = scale, .steps = 3});
    EXPECT_FALSE(low.figures.nonfinite);
    EXPECT_TRUE(low.after.isfinite().all().item<bool>());
    EXPECT_NEAR(low.figures.loss, fp32.figures.loss, 0.1 * fp32.figures.loss);
    EXPECT_NEAR(
        low.figures.gradient_norm,
        fp32.figures.gradient_norm,
        0.3 * fp32.figures.gradient_norm);
  }
}

TEST_F(GpuTrainStep, LeavesEverythingWhenTheScaledGradientOverflows) {
  const Outcome over = run(
      DeviceChoice::cuda, {.precision = Precision::fp16, .loss_scale = 1e30});
  EXPECT_TRUE(over.figures.nonfinite);
  EXPECT_TRUE(std::isfinite(over.figures.loss));
  EXPECT_TRUE(at::equal(over.before, over.after));
}

TEST_F(GpuTrainStep, AccumulatesMicroBatches) {
  // AlexNet has no batch norm, so only rounding differs.
  const Outcome whole = run(DeviceChoice::cuda, {.net = "alexnet", .px = 96});
  const Outcome parts =
      run(DeviceChoice::cuda, {.net = "alexnet", .px = 96, .micro = 4});
  EXPECT_NEAR(
      parts.figures.loss, whole.figures.loss, 1e-4 * whole.figures.loss);
  EXPECT_LT(distance(parts, whole), 1e-3);
}

TEST_F(GpuTrainStep, SaysWhatFitsWhenMemoryRunsOut) {
  at::full({1}, 1.0, at::TensorOptions(device()));
  const auto total =
      static_cast<std::int64_t>(device_memory(device()).total_bytes);
  std::exception_ptr error;
  try {
    at::empty({total}, at::TensorOptions(at::kFloat).device(device()));
  } catch (...) {
    error = std::current_exception();
  }
  ASSERT_TRUE(error);
  EXPECT_TRUE(is_out_of_memory(error));
  World world(
      testing::session(), {.backend = backend(), .device = DeviceChoice::cuda});
  Model model(
      {.net = "resnet18",
       .options = {.classes = 10},
       .device = world.device()});
  TrainStep step(Config(), Precision::fp32, model, world);
  const std::string advice = out_of_memory_advice(
      {error, kSamples, true}, step, make_batch(device(), 64));
  EXPECT_NE(advice.find("ried to allocate"), std::string::npos) << advice;
  EXPECT_NE(advice.find("of the GPU's"), std::string::npos) << advice;
  EXPECT_NE(advice.find("batch.micro=8"), std::string::npos) << advice;
}

}  // namespace
}  // namespace convoy
