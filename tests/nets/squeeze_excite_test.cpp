#include "nets/layers/squeeze_excite.h"

#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "nets/layers/init.h"

namespace convoy {
namespace {

/// fc1 = x0 + x1 / 2 - 1, fc2 = (y / 2, -2 y).
std::vector<at::Tensor> squeeze_weights() {
  return {
      at::tensor({1.0f, 0.5f}),
      at::tensor({-1.0f}),
      at::tensor({0.5f, -2.0f}),
      at::tensor({0.0f, 0.0f})};
}

/// What a layer of two channels, one channel between and these weights makes of
/// maps whose means are 2 and 4, so that fc1 gives 3.
at::Tensor squeeze_excited(const SqueezeExciteActivations& activations) {
  const c10::NoGradGuard guard;
  at::Generator generator = init_generator(1);
  const SqueezeExcite layer(2, 1, activations, generator);
  const auto state = layer.state();
  const auto values = squeeze_weights();
  for (std::size_t i = 0; i < state.size(); ++i) {
    state[i].tensor.copy_(values[i].view(state[i].tensor.sizes()));
  }
  const at::Tensor x = at::tensor({1.0f, 3.0f, 4.0f, 4.0f}).view({1, 2, 1, 2});
  return layer.forward(x, Pass{}).flatten();
}

TEST(SqueezeExcite, WeighsChannelsByTheirMeansByValue) {
  // Gates: hardsigmoid(1.5) = 1.5 / 6 + 1 / 2 and hardsigmoid(-6) = 0.
  EXPECT_TRUE(squeeze_excited({activation::relu, activation::hardsigmoid})
                  .equal(at::tensor({0.75f, 2.25f, 0.0f, 0.0f})));
}

TEST(SqueezeExcite, TakesTheActivationsItIsGiven) {
  const auto gate = [](double x) { return 1 / (1 + std::exp(-x)); };
  const double inner = 3 * gate(3);  // silu
  const at::Tensor want = at::tensor(
      {gate(inner / 2),
       3 * gate(inner / 2),
       4 * gate(-2 * inner),
       4 * gate(-2 * inner)});
  EXPECT_TRUE(squeeze_excited({activation::silu, activation::sigmoid})
                  .allclose(want.to(at::kFloat), 1e-6));
}

TEST(SqueezeExcite, CountsItsTwoConvolutionsOncePerPicture) {
  const c10::NoGradGuard guard;
  at::Generator generator = init_generator(1);
  const SqueezeExcite layer(
      6, 2, {activation::relu, activation::sigmoid}, generator);
  std::int64_t macs = 0;
  layer.forward(at::tensor({1.0f}).expand({3, 6, 5, 5}), Pass{.macs = &macs});
  EXPECT_EQ(macs, 6 * 2 + 2 * 6);
}

}  // namespace
}  // namespace convoy
