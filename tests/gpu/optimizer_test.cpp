// Update rules on a GPU against the CPU's.

#include "trainer/loop/optimizer.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "tests/support/gpu.h"

namespace convoy {
namespace {

class GpuOptimizer : public testing::GpuTest,
                     public ::testing::WithParamInterface<OptimizerName> {
 protected:
  struct Outcome {
    at::Tensor weights;
    std::vector<at::Tensor> state;
  };

  /// Three updates; with `skip` a fourth that found_inf turns off.
  static Outcome train(c10::Device device, bool skip) {
    OptimizerOptions options;
    options.name = GetParam();
    options.lr = 0.05;
    options.weight_decay = 1e-3;
    const auto gpu = at::TensorOptions(at::kFloat).device(device);
    auto w = at::arange(64 * 3 * 3 * 3, gpu)
                 .reshape({64, 3, 3, 3})
                 .div(900)
                 .sub(1)
                 .contiguous(at::MemoryFormat::ChannelsLast)
                 .requires_grad_();
    w.mutable_grad() = at::zeros_like(w);
    const auto optimizer = make_optimizer(options, {{"w", w}});
    for (int step = 0; step < (skip ? 4 : 3); ++step) {
      w.grad().copy_(w.detach().add(step).sin());
      optimizer->step(
          options.lr, step == 3 ? at::ones({}, gpu) : at::zeros({}, gpu));
    }
    Outcome outcome{w.detach().cpu(), {}};
    for (const NamedTensor& entry : optimizer->state()) {
      outcome.state.push_back(entry.tensor.cpu());
    }
    return outcome;
  }
};

TEST_P(GpuOptimizer, UpdatesAsTheCpuDoes) {
  const Outcome cpu = train(at::kCPU, false);
  const Outcome gpu = train(device(), false);
  // fp32 rounds products and sums in another order: 1e-5 of the value.
  EXPECT_TRUE(at::allclose(gpu.weights, cpu.weights, 1e-5, 1e-6));
  ASSERT_EQ(gpu.state.size(), cpu.state.size());
  for (std::size_t i = 0; i < cpu.state.size(); ++i) {
    EXPECT_TRUE(at::allclose(gpu.state[i], cpu.state[i], 1e-5, 1e-6)) << i;
  }
}

TEST_P(GpuOptimizer, SkipsAnUpdateWithoutATrace) {
  const Outcome three = train(device(), false);
  const Outcome skipped = train(device(), true);
  EXPECT_TRUE(at::equal(three.weights, skipped.weights));
  for (std::size_t i = 0; i < three.state.size(); ++i) {
    EXPECT_TRUE(at::equal(three.state[i], skipped.state[i])) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Every,
    GpuOptimizer,
    ::testing::Values(
        OptimizerName::sgd,
        OptimizerName::adam,
        OptimizerName::adamw,
        OptimizerName::rmsprop,
        OptimizerName::lars));

}  // namespace
}  // namespace convoy
