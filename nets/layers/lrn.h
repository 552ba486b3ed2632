#pragma once
// Local response normalisation across channels: Krizhevsky et al., "ImageNet
// classification with deep convolutional neural networks", NIPS 2012, in the
// form that Caffe computes, where alpha is divided by the size of the window.

#include <ATen/core/Tensor.h>

namespace convoy {

struct LrnOptions {
  int size = 5;  ///< channels in a window; odd
  double alpha = 1e-4;
  double beta = 0.75;
  double k = 1;
};

/// x [N, C, H, W] → same shape and type: x_c / (k + alpha / size * sum of the
/// squares of the `size` channels around c) ^ beta. Beyond the first and the
/// last channel there are zeros. Squares and power of half
/// precision, which would overflow, are computed in float. Throws
/// std::invalid_argument for an even size.
at::Tensor local_response_norm(
    const at::Tensor& x, const LrnOptions& options = {});

}  // namespace convoy
