#include "trainer/checkpoint/starting_weights.h"

#include <algorithm>

#include "nets/weights/weights.h"
#include "trainer/checkpoint/contents.h"

namespace convoy {

std::vector<NamedTensor> read_starting_weights(
    const std::filesystem::path& path) {
  Weights weights = read_weights(path);
  const bool ours = std::any_of(
      weights.metadata.begin(), weights.metadata.end(), [](const auto& entry) {
        return entry.first.starts_with("convoy.");
      });
  if (ours) {  // "step-000000120" is no hash
    return weights_to_use(read_tensor_file(path));
  }
  check_hub_hash(path);
  return std::move(weights.tensors);
}

}  // namespace convoy
