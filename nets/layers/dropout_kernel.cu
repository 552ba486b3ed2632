// Dropout masks on the GPU: one thread draws the bits of four elements.

#include <c10/util/Exception.h>  // the Philox header uses it in device code

#include "nets/layers/dropout_bits.h"
#include "nets/layers/dropout_kernel.h"

namespace convoy {
namespace {

__global__ void fill_mask(
    DropoutLaunch launch, const std::int64_t* sample_ids, float* mask) {
  const std::int64_t groups = (launch.elements + 3) / 4;
  const float keep = dropout_scale(launch.probability);
  const std::uint32_t limit = dropout_limit(launch.probability);
  const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t i =
           static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < launch.samples * groups;
       i += stride) {
    const std::int64_t sample = i / groups;
    const std::int64_t group = i % groups;
    const FourBits bits =
        dropout_bits(launch.seed, launch.step, sample_ids[sample], group);
    float* row = mask + sample * launch.elements + group * 4;
    for (int k = 0; k < 4 && group * 4 + k < launch.elements; ++k) {
      row[k] = bits.value[k] < limit ? 0.0f : keep;
    }
  }
}

}  // namespace

cudaError_t launch_dropout_mask(
    const DropoutLaunch& launch,
    const std::int64_t* sample_ids,
    float* mask,
    cudaStream_t stream) {
  constexpr int kThreads = 256;
  const std::int64_t work = launch.samples * ((launch.elements + 3) / 4);
  if (work == 0) {
    return cudaSuccess;
  }
  const std::int64_t wanted = (work + kThreads - 1) / kThreads;
  const int blocks = static_cast<int>(wanted < 4096 ? wanted : 4096);
  fill_mask<<<blocks, kThreads, 0, stream>>>(launch, sample_ids, mask);
  return cudaGetLastError();
}

}  // namespace convoy
