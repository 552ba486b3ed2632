#include "nets/layers/linear.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>

#include "nets/layers/init.h"

namespace convoy {

Linear::Linear(int in, int out, at::Generator& generator)
    : weight_(parameter("weight", at::empty({out, in}))),
      bias_(parameter("bias", at::empty({out}))) {
  init_uniform(weight_, in, generator);
  init_uniform(bias_, in, generator);
}

at::Tensor Linear::forward(const at::Tensor& x, const Pass& pass) const {
  if (pass.macs != nullptr) {
    const std::int64_t rows = x.numel() / x.size(0) / x.size(-1);
    *pass.macs += weight_.numel() * rows;
  }
  return at::linear(x, weight_, bias_);
}

std::shared_ptr<Linear> thin_linear(int in, int out, at::Generator& generator) {
  auto layer = std::make_shared<Linear>(in, out, generator);
  init_normal(layer->weight(), 0, 0.01, generator);
  layer->bias().detach().zero_();
  return layer;
}

}  // namespace convoy
