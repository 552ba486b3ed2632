#pragma once
// What torchvision's GoogLeNet and Inception v3 have in common, with its names.

#include <ATen/core/Generator.h>

#include <memory>

#include "nets/layers/batch_norm.h"
#include "nets/layers/conv.h"
#include "nets/layers/linear.h"
#include "nets/net.h"

namespace convoy {

/// Convolution `conv` without bias, batch norm `bn` of epsilon 0.001, ReLU.
/// torchvision draws the weights from a normal distribution cut off at -2 and
/// 2, which is 20 deviations away at the nearest: it is a normal one.
class BasicConv2d final : public Layer {
 public:
  /// Weights are drawn from N(0, deviation).
  BasicConv2d(
      const ConvOptions& options, double deviation, at::Generator& generator);

  /// [N, in, H, W] → [N, out, H', W'].
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override;

 private:
  std::shared_ptr<Conv2d> conv_;
  std::shared_ptr<BatchNorm2d> bn_;
};

/// A fully connected layer with weights from N(0, deviation) and the bias of
/// PyTorch's Linear.
std::shared_ptr<Linear> normal_linear(
    int in, int out, double deviation, at::Generator& generator);

/// What NetOptions::transform_input asks for: pictures normalised with
/// ImageNet's means and deviations come out normalised with 0.5 and 0.5.
class InputTransform {
 public:
  /// Throws std::invalid_argument when it is asked for and the pictures have
  /// not 3 channels.
  explicit InputTransform(const NetOptions& options);

  /// images [N, 3, H, W] → same shape; the images themselves when it was not
  /// asked for.
  at::Tensor operator()(const at::Tensor& images) const;

 private:
  bool wanted_;
};

}  // namespace convoy
