#include "nets/layers/conv.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>

#include "nets/layers/init.h"

namespace convoy {

Conv2d::Conv2d(const ConvOptions& options, at::Generator& generator)
    : options_(options) {
  const auto k = options.kernel;
  weight_ = parameter(
      "weight",
      at::empty({options.out, options.in / options.groups, k.h, k.w}));
  init_uniform(weight_, fan_in(weight_), generator);
  if (options.bias) {
    bias_ = parameter("bias", at::empty({options.out}));
    init_uniform(bias_, fan_in(weight_), generator);
  }
}

at::Tensor Conv2d::forward(const at::Tensor& x, const Pass& pass) const {
  const auto stride = options_.stride;
  const Extent padding = options_.padding;
  at::Tensor y = at::conv2d(
      x,
      weight_,
      bias_,
      {stride, stride},
      {padding.h, padding.w},
      {1, 1},
      options_.groups);
  if (pass.macs != nullptr) {
    *pass.macs += weight_.numel() * y.size(2) * y.size(3);
  }
  return y;
}

}  // namespace convoy
