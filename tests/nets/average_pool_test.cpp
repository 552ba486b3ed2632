#include "nets/layers/average_pool.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

TEST(AverageBySlices, HasTheWindowsOfAdaptiveAveragePooling) {
  const auto generator = at::detail::createCPUGenerator(7);
  for (const auto& [height, width, side] :
       {std::array{14, 14, 4}, {8, 5, 4}, {3, 2, 5}, {1, 1, 4}, {9, 9, 1}}) {
    auto x = at::randn({2, 3, height, width}, generator).requires_grad_();
    const auto weights = at::randn({2, 3, side, side}, generator);
    const auto gradient = [&](const at::Tensor& y) {
      y.mul(weights).sum().backward();
      const auto result = x.grad().clone();
      x.mutable_grad().reset();
      return result;
    };
    const auto ours = average_by_slices(x, side);
    const auto theirs = at::adaptive_avg_pool2d(x, {side, side});
    ASSERT_EQ(ours.sizes(), theirs.sizes());
    EXPECT_TRUE(ours.allclose(theirs, 0, 1e-6)) << height << " to " << side;
    EXPECT_TRUE(gradient(ours).allclose(gradient(theirs), 0, 1e-6))
        << height << " to " << side;
  }
}

}  // namespace
}  // namespace convoy
