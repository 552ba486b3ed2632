// The CUDA twin in a build without CUDA, where no tensor can be on a GPU.

#include <stdexcept>

#include "nets/layers/dropout.h"

namespace convoy {

void fill_dropout_mask_cuda(
    const DropoutDraw&, const at::Tensor&, const at::Tensor&) {
  throw std::logic_error("this convoy was built without CUDA");
}

}  // namespace convoy
