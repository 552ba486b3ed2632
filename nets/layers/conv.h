#pragma once
// 2-D convolution.

#include <ATen/core/Generator.h>

#include "nets/layers/layer.h"

namespace convoy {

/// Height and width; from one number, both.
struct Extent {
  int h = 0;
  int w = 0;

  constexpr Extent(int both) : h(both), w(both) {}  // NOLINT: 3 means 3 x 3
  constexpr Extent(int height, int width) : h(height), w(width) {}
};

struct ConvOptions {
  int in = 0;
  int out = 0;
  Extent kernel = 1;
  int stride = 1;
  Extent padding = 0;
  int groups = 1;
  bool bias = false;
};

/// Parameters `weight` [out, in / groups, kernel.h, kernel.w] and, if asked
/// for, `bias` [out], initialised as PyTorch's Conv2d.
class Conv2d : public Layer {
 public:
  Conv2d(const ConvOptions& options, at::Generator& generator);

  /// [N, in, H, W] → [N, out, H', W'].
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override;

  const at::Tensor& weight() const { return weight_; }
  /// Undefined when there is none.
  const at::Tensor& bias() const { return bias_; }

 private:
  ConvOptions options_;
  at::Tensor weight_;
  at::Tensor bias_;
};

}  // namespace convoy
