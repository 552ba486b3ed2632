#include "trainer/checkpoint/starting_weights.h"

#include <utility>

#include "nets/weights/weights.h"
#include "trainer/checkpoint/contents.h"

namespace convoy {

StartingWeights read_starting_weights(const std::filesystem::path& path) {
  Weights weights = read_weights(path);
  const auto config = weights.metadata.find("convoy.config");
  if (config != weights.metadata.end()) {  // "step-000000120" is no hash
    return {weights_to_use(read_tensor_file(path)), config->second};
  }
  check_hub_hash(path);
  return {std::move(weights.tensors), ""};
}

}  // namespace convoy
