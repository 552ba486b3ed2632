#pragma once
// Fully connected layer.

#include <ATen/core/Generator.h>

#include "nets/module.h"
#include "nets/pass.h"

namespace convoy {

/// Parameters `weight` [out, in] and `bias` [out], initialised as PyTorch's
/// Linear.
class Linear : public Module {
 public:
  Linear(int in, int out, at::Generator& generator);

  /// [N, in] → [N, out].
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

}  // namespace convoy
