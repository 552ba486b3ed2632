#pragma once
// Samples as tensors on the device.

#include <ATen/core/Tensor.h>

namespace convoy {

struct DeviceBatch {
  /// Float [N, channels, H, W], channels-last strides; or what the network's
  /// first part made of them, [N, ...].
  at::Tensor images;
  at::Tensor labels;   ///< int64 [N]
  at::Tensor samples;  ///< int64 [N]: dataset indices, the keys of every draw

  bool are_features = false;

  std::int64_t size() const { return labels.size(0); }

  DeviceBatch narrow(std::int64_t begin, std::int64_t count) const {
    return {
        images.narrow(0, begin, count),
        labels.narrow(0, begin, count),
        samples.narrow(0, begin, count),
        are_features};
  }
};

}  // namespace convoy
