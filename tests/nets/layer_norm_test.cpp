#include "nets/layers/layer_norm.h"

#include <ATen/ops/add.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "nets/layers/init.h"

namespace convoy {
namespace {

void set_value(const Module& layer, int index, const at::Tensor& value) {
  layer.state()[index].tensor.detach().copy_(value);
}

TEST(LayerNorm, NormalisesScalesAndShiftsEachRowByValue) {
  const c10::NoGradGuard guard;
  const LayerNorm layer(4, 0.5);
  set_value(layer, 0, at::tensor({1.0f, 2.0f, 3.0f, 4.0f}));
  set_value(layer, 1, at::tensor({0.0f, 0.0f, 1.0f, -1.0f}));
  // Mean 3, variance (4 + 1 + 0 + 9) / 4 = 3.5, and so divided by 2.
  const at::Tensor row = at::tensor({1.0f, 2.0f, 3.0f, 6.0f});
  const at::Tensor want = at::tensor({-1.0f, -1.0f, 1.0f, 5.0f});
  const at::Tensor got = layer.forward(at::stack({row, row + 7}), Pass{});
  EXPECT_TRUE(got[0].allclose(want, 1e-6));
  EXPECT_TRUE(got[1].allclose(want, 1e-6));
}

TEST(LayerNorm2d, NormalisesTheChannelsOfEachPixelAlone) {
  const c10::NoGradGuard guard;
  const LayerNorm2d maps(5, 1e-6);
  const LayerNorm rows(5, 1e-6);
  const at::Tensor x = at::rand({2, 5, 3, 4}, init_generator(1));
  const at::Tensor y = maps.forward(x, Pass{});
  EXPECT_EQ(y.sizes(), x.sizes());
  for (int h = 0; h < 3; ++h) {
    for (int w = 0; w < 4; ++w) {
      const at::Tensor pixel = x.select(3, w).select(2, h);
      EXPECT_TRUE(y.select(3, w).select(2, h).allclose(
          rows.forward(pixel, Pass{}), 1e-5, 1e-6));
    }
  }
}

}  // namespace
}  // namespace convoy
