#pragma once
// A classifier: images in, logits out.

#include "nets/module.h"
#include "nets/pass.h"

namespace convoy {

/// NetOptions::dropout when the network's own is wanted.
constexpr double kOwnDropout = -1;

/// What can be chosen when a network is built.
struct NetOptions {
  int classes = 1000;
  int channels = 3;              ///< input channels: 3 (colour) or 1 (gray)
  double dropout = kOwnDropout;  ///< probability, before the head's layers
  std::uint64_t seed = 0;        ///< of the initial values

  double dropout_or(double own) const {
    return dropout == kOwnDropout ? own : dropout;
  }
};

class Net : public Module {
 public:
  /// images [N, channels, H, W], float, normalised → logits [N, classes].
  virtual at::Tensor forward(
      const at::Tensor& images, const Pass& pass) const = 0;
};

}  // namespace convoy
