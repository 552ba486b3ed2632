#pragma once
// Layer normalisation over channels (Ba et al. 2016).

#include "nets/layers/layer.h"

namespace convoy {

/// Parameters `weight` and `bias` [channels], 1 and 0 at first, as PyTorch's
/// LayerNorm over one dimension.
class LayerNorm : public Layer {
 public:
  LayerNorm(int channels, double epsilon);

  /// [..., channels] → same shape: each row with mean 0 and deviation 1, then
  /// scaled and shifted by channel.
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override;

 private:
  double epsilon_;
  at::Tensor weight_;
  at::Tensor bias_;
};

/// The same for maps: over the channels of each pixel.
class LayerNorm2d : public LayerNorm {
 public:
  using LayerNorm::LayerNorm;

  /// [N, channels, H, W] → same shape, with the channels innermost in memory.
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override;
};

}  // namespace convoy
