#include "nets/layers/layer_norm.h"

#include <ATen/ops/layer_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

namespace convoy {

LayerNorm::LayerNorm(int channels, double epsilon)
    : epsilon_(epsilon),
      weight_(parameter("weight", at::ones({channels}))),
      bias_(parameter("bias", at::zeros({channels}))) {}

at::Tensor LayerNorm::forward(const at::Tensor& x, const Pass&) const {
  return at::layer_norm(x, weight_.sizes(), weight_, bias_, epsilon_);
}

at::Tensor LayerNorm2d::forward(const at::Tensor& x, const Pass& pass) const {
  return LayerNorm::forward(x.permute({0, 2, 3, 1}), pass)
      .permute({0, 3, 1, 2});
}

}  // namespace convoy
