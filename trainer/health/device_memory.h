#pragma once
// How much of a GPU's memory the process holds.

#include <c10/core/Device.h>

namespace convoy {

struct DeviceMemory {
  /// Tensors of this process, at most so far; without the arenas that NCCL
  /// gives to several ranks.
  double peak_bytes = 0;
  double free_bytes = 0;   ///< for anybody, now
  double total_bytes = 0;  ///< the GPU has
};

/// REQUIRES a CUDA device on which this process has made a tensor.
DeviceMemory device_memory(c10::Device device);

}  // namespace convoy
