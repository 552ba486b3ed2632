#pragma once
// Channels weighed by what the whole picture says (Hu et al., "Squeeze-and-
// excitation networks", CVPR 2018).

#include <ATen/core/Generator.h>

#include "nets/layers/conv.h"
#include "nets/layers/conv_norm.h"

namespace convoy {

/// The two functions of a SqueezeExcite; neither may be null.
struct SqueezeExciteActivations {
  Activation inner = nullptr;  ///< between the two convolutions
  Activation gate = nullptr;   ///< gives the weights, from 0 to 1
};

/// Children `fc1` and `fc2`, 1x1 convolutions with bias, as torchvision's
/// SqueezeExcitation. Their weights are drawn as init_kaiming_fan_out does,
/// their biases are 0.
class SqueezeExcite : public Layer {
 public:
  SqueezeExcite(
      int channels,
      int squeezed,
      const SqueezeExciteActivations& activations,
      at::Generator& generator);

  /// [N, channels, H, W] → same shape: x times gate(fc2(inner(fc1(mean of
  /// x)))).
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override;

 private:
  SqueezeExciteActivations activations_;
  std::shared_ptr<Conv2d> fc1_, fc2_;
};

}  // namespace convoy
