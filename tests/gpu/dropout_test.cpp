// The CUDA twin of the dropout mask against the one on the CPU.

#include "nets/layers/dropout.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>

#include "tests/support/gpu.h"

namespace convoy {
namespace {

class GpuDropout : public testing::GpuTest {};

TEST_F(GpuDropout, MaskHasTheCpusBits) {
  // One element a sample, lengths around a group of four, and more groups than
  // the grid has threads.
  for (const std::int64_t elements : {1, 3, 4, 5, 9216, 4200000}) {
    for (const double p : {0.1, 0.5, 0.97}) {
      const auto samples = at::arange(1000000007, 1000000010, at::kLong);
      const DropoutDraw draw{12345678901234u, 1 << 20, elements, p};
      const auto cpu = at::empty({3, elements}, at::kFloat);
      fill_dropout_mask_cpu(draw, samples, cpu);
      const auto gpu = at::empty({3, elements}, cpu.options().device(device()));
      fill_dropout_mask_cuda(draw, samples.to(device()), gpu);
      EXPECT_TRUE(at::equal(gpu.cpu(), cpu)) << elements << " " << p;
    }
  }
}

TEST_F(GpuDropout, NoSamplesAreNoLaunch) {
  const auto none =
      at::empty({0}, at::TensorOptions(at::kLong).device(device()));
  const auto mask =
      at::empty({0, 8}, at::TensorOptions(at::kFloat).device(device()));
  EXPECT_NO_THROW(fill_dropout_mask_cuda({1, 1, 8, 0.5}, none, mask));
}

TEST_F(GpuDropout, LayerAndGradientEqualTheCpus) {
  const auto run = [](c10::Device where) {
    const auto ids = at::arange(6, at::kLong).to(where);
    auto x = at::ones({6, 50}, at::TensorOptions(where)).requires_grad_();
    const Pass pass{
        .training = true, .keys = {.seed = 3, .step = 7, .samples = ids}};
    const auto y = dropout(x, 0.3, pass, 1);
    y.sum().backward();
    return std::pair(y.detach().cpu(), x.grad().cpu());
  };
  const auto cpu = run(at::kCPU);
  const auto gpu = run(device());
  EXPECT_TRUE(at::equal(gpu.first, cpu.first));
  EXPECT_TRUE(at::equal(gpu.second, cpu.second));
}

}  // namespace
}  // namespace convoy
