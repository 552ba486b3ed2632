#include "trainer/loop/class_weights.h"

#include <ATen/ops/zeros.h>

namespace convoy {

at::Tensor balanced_class_weights(
    const std::map<int, std::uint64_t>& counts, int classes) {
  at::Tensor weights = at::zeros({classes}, at::kFloat);
  double samples = 0;
  for (const auto& [label, count] : counts) {
    samples += static_cast<double>(count);
  }
  for (const auto& [label, count] : counts) {
    weights[label] = samples / (static_cast<double>(counts.size()) *
                                static_cast<double>(count));
  }
  return weights;
}

}  // namespace convoy
