#include "trainer/loop/kernel_choice.h"

#include <ATen/Context.h>

#include <cstdlib>

namespace convoy {

void use_deterministic_kernels() {
  // Without a workspace of fixed size cuBLAS may add up in any order.
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  at::Context& context = at::globalContext();
  context.setDeterministicAlgorithms(true, /*warn_only=*/false);
  // Filling every new tensor is for finding bugs, not for repeating.
  context.setDeterministicFillUninitializedMemory(false);
  context.setDeterministicCuDNN(true);
  context.setBenchmarkCuDNN(false);
}

bool repeats_bit_by_bit(c10::Device device) {
  return device.is_cpu() || at::globalContext().deterministicAlgorithms();
}

}  // namespace convoy
