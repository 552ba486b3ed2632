#pragma once
// Samples as tensors on the device.

#include <ATen/core/Tensor.h>

namespace convoy {

struct DeviceBatch {
  /// Float [N, channels, H, W], channels-last strides; or what the network's
  /// first part made of them, [N, ...].
  at::Tensor images;
  at::Tensor labels;   ///< int64 [N]
  at::Tensor samples;  ///< int64 [N]: SampleRef::id, the key of every draw
  bool are_features = false;
  /// Of mixed samples, else undefined: int64 [N], the labels with the smaller
  /// shares, and float [N], the shares of `labels`, 0.5 to 1.
  at::Tensor second_labels = {};
  at::Tensor shares = {};

  std::int64_t size() const { return labels.size(0); }
  bool is_mixed() const { return shares.defined(); }

  DeviceBatch narrow(std::int64_t begin, std::int64_t count) const {
    const auto part = [&](const at::Tensor& all) {
      return all.defined() ? all.narrow(0, begin, count) : all;
    };
    return {
        part(images),
        part(labels),
        part(samples),
        are_features,
        part(second_labels),
        part(shares)};
  }
};

}  // namespace convoy
