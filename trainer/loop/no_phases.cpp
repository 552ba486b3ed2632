// The CUDA clock in a build without CUDA, where no device is a GPU.

#include <stdexcept>

#include "trainer/loop/phases.h"

namespace convoy {

std::unique_ptr<PhaseClock> make_cuda_phase_clock() {
  throw std::logic_error("this convoy was built without CUDA");
}

}  // namespace convoy
