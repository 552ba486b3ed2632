#pragma once
// Convolution, batch norm, activation: the brick of most networks, with
// torchvision's names (0, 1; the activation takes 2 and has no state).

#include <ATen/core/Generator.h>

#include "nets/layers/batch_norm.h"
#include "nets/layers/conv.h"

namespace convoy {

/// An activation without parameters; may work in place. Null: none.
using Activation = at::Tensor (*)(const at::Tensor& x);

namespace activation {
at::Tensor relu(const at::Tensor& x);
at::Tensor relu6(const at::Tensor& x);
at::Tensor silu(const at::Tensor& x);
at::Tensor hardswish(const at::Tensor& x);
at::Tensor sigmoid(const at::Tensor& x);
at::Tensor hardsigmoid(const at::Tensor& x);
}  // namespace activation

struct ConvNormOptions {
  ConvOptions conv;
  BatchNormOptions norm = {};
  Activation act = activation::relu;
};

/// The convolution's weight is drawn as init_kaiming_fan_out does.
class ConvNorm : public Sequential {
 public:
  ConvNorm(const ConvNormOptions& options, at::Generator& generator);
};

}  // namespace convoy
