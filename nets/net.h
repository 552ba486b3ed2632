#pragma once
// A classifier: images in, logits out.

#include "nets/module.h"
#include "nets/pass.h"

namespace convoy {

/// What can be chosen when a network is built.
struct NetOptions {
  int classes = 1000;
  int channels = 3;        ///< input channels: 3 (colour) or 1 (gray)
  double dropout = 0.5;    ///< where the network has dropout (AlexNet)
  std::uint64_t seed = 0;  ///< of the initial values
};

class Net : public Module {
 public:
  /// images [N, channels, H, W], float, normalised → logits [N, classes].
  virtual at::Tensor forward(
      const at::Tensor& images, const Pass& pass) const = 0;
};

}  // namespace convoy
