// Dropout masks on the GPU: from tensors to the kernel.

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "nets/layers/dropout.h"
#include "nets/layers/dropout_kernel.h"

namespace convoy {

void fill_dropout_mask_cuda(
    const DropoutDraw& draw,
    const at::Tensor& samples,
    const at::Tensor& mask) {
  const c10::cuda::CUDAGuard guard(mask.device());
  C10_CUDA_CHECK(launch_dropout_mask(
      {draw.seed, draw.step, samples.numel(), draw.elements, draw.probability},
      samples.const_data_ptr<std::int64_t>(),
      mask.mutable_data_ptr<float>(),
      c10::cuda::getCurrentCUDAStream(mask.device().index()).stream()));
}

}  // namespace convoy
