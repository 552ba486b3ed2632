#pragma once
// Fully connected layer.

#include <ATen/core/Generator.h>

#include "nets/layers/layer.h"

namespace convoy {

/// Parameters `weight` [out, in] and `bias` [out], initialised as PyTorch's
/// Linear.
class Linear : public Layer {
 public:
  Linear(int in, int out, at::Generator& generator);

  /// [N, ..., in] → [N, ..., out].
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override;

  const at::Tensor& weight() const { return weight_; }
  const at::Tensor& bias() const { return bias_; }

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

/// A Linear whose weights start as N(0, 0.01) and whose biases start as 0, as
/// in the heads of VGG and of the MobileNets.
std::shared_ptr<Linear> thin_linear(int in, int out, at::Generator& generator);

}  // namespace convoy
