#pragma once
// Weights to start a network from, whoever wrote them.

#include <filesystem>
#include <string>
#include <vector>

#include "nets/module.h"

namespace convoy {

struct StartingWeights {
  std::vector<NamedTensor> tensors;
  /// Of the run that trained them, as YAML; empty in files of others.
  std::string config;
};

/// The network's tensors of a checkpoint of convoy (whose checksum is
/// verified), or what any weight file that read_weights() knows holds. A hash
/// in the file's name ("resnet18-f37072fd.pth") is verified. Throws
/// MissingInput, BadData, WeightError.
StartingWeights read_starting_weights(const std::filesystem::path& path);

}  // namespace convoy
