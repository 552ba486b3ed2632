#pragma once
// The CUDA kernel behind fill_dropout_mask_cuda, in plain pointers so that the
// .cu file needs none of LibTorch's big headers.

#include <cuda_runtime_api.h>

#include <cstdint>

namespace convoy {

struct DropoutLaunch {
  std::uint64_t seed;
  std::int64_t step;
  std::int64_t samples;   ///< N
  std::int64_t elements;  ///< per sample
  double probability;
};

/// Fills mask [N, elements] on `stream`. Returns CUDA's launch status.
cudaError_t launch_dropout_mask(
    const DropoutLaunch& launch,
    const std::int64_t* sample_ids,
    float* mask,
    cudaStream_t stream);

}  // namespace convoy
