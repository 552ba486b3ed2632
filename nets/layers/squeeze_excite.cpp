#include "nets/layers/squeeze_excite.h"

#include <ATen/ops/adaptive_avg_pool2d.h>

#include "nets/layers/init.h"

namespace convoy {
namespace {

std::shared_ptr<Conv2d> squeeze_conv(int in, int out, at::Generator& g) {
  auto conv = std::make_shared<Conv2d>(
      ConvOptions{.in = in, .out = out, .bias = true}, g);
  init_kaiming_fan_out(conv->weight(), g);
  conv->bias().detach().zero_();
  return conv;
}

}  // namespace

SqueezeExcite::SqueezeExcite(
    int channels,
    int squeezed,
    const SqueezeExciteActivations& activations,
    at::Generator& generator)
    : activations_(activations),
      fc1_(child("fc1", squeeze_conv(channels, squeezed, generator))),
      fc2_(child("fc2", squeeze_conv(squeezed, channels, generator))) {}

at::Tensor SqueezeExcite::forward(const at::Tensor& x, const Pass& pass) const {
  at::Tensor scale = at::adaptive_avg_pool2d(x, {1, 1});
  scale = activations_.inner(fc1_->forward(scale, pass));
  scale = activations_.gate(fc2_->forward(scale, pass));
  return scale.mul(x);
}

}  // namespace convoy
