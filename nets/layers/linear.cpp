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
    *pass.macs += weight_.numel();
  }
  return at::linear(x, weight_, bias_);
}

}  // namespace convoy
