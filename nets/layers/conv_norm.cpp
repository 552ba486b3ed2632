#include "nets/layers/conv_norm.h"

#include <ATen/ops/hardsigmoid.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>

#include "nets/layers/init.h"

namespace convoy {
namespace activation {

at::Tensor relu(const at::Tensor& x) {
  return at::relu(x);
}
at::Tensor relu6(const at::Tensor& x) {
  return at::hardtanh(x, 0, 6);
}
at::Tensor silu(const at::Tensor& x) {
  return at::silu(x);
}
at::Tensor hardswish(const at::Tensor& x) {
  return at::hardswish(x);
}
at::Tensor sigmoid(const at::Tensor& x) {
  return at::sigmoid(x);
}
at::Tensor hardsigmoid(const at::Tensor& x) {
  return at::hardsigmoid(x);
}

}  // namespace activation

ConvNorm::ConvNorm(const ConvNormOptions& options, at::Generator& generator) {
  const auto conv = add<Conv2d>(options.conv, generator);
  init_kaiming_fan_out(conv->weight(), generator);
  add<BatchNorm2d>(options.conv.out, options.norm);
  if (options.act != nullptr) {
    then(options.act);
  }
}

}  // namespace convoy
