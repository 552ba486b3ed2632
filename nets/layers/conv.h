#pragma once
// 2-D convolution.

#include <ATen/core/Generator.h>

#include "nets/module.h"
#include "nets/pass.h"

namespace convoy {

struct ConvOptions {
  int in = 0;
  int out = 0;
  int kernel = 1;
  int stride = 1;
  int padding = 0;
  int groups = 1;
  bool bias = false;
};

/// Parameters `weight` [out, in / groups, kernel, kernel] and, if asked for,
/// `bias` [out], initialised as PyTorch's Conv2d.
class Conv2d : public Module {
 public:
  Conv2d(const ConvOptions& options, at::Generator& generator);

  /// [N, in, H, W] → [N, out, H', W'].
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

  const at::Tensor& weight() const { return weight_; }

 private:
  ConvOptions options_;
  at::Tensor weight_;
  at::Tensor bias_;
};

}  // namespace convoy
