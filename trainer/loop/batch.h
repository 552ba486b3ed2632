#pragma once
// Samples as tensors on the device.

#include <ATen/core/Tensor.h>

namespace convoy {

struct DeviceBatch {
  at::Tensor images;   ///< float [N, channels, H, W], channels-last strides
  at::Tensor labels;   ///< int64 [N]
  at::Tensor samples;  ///< int64 [N]: dataset indices, the keys of every draw

  std::int64_t size() const { return labels.size(0); }

  DeviceBatch narrow(std::int64_t begin, std::int64_t count) const {
    return {
        images.narrow(0, begin, count),
        labels.narrow(0, begin, count),
        samples.narrow(0, begin, count)};
  }
};

}  // namespace convoy
