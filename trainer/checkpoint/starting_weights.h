#pragma once
// Weights to start a network from, whoever wrote them.

#include <filesystem>
#include <string>
#include <vector>

#include "nets/weights/weights.h"

namespace convoy {

struct StartingWeights {
  Weights file;
  /// Of the run that trained them, as YAML; empty in files of others.
  std::string config;
};

/// The network's tensors of a checkpoint of convoy (whose checksum is
/// verified; the format is then "checkpoint", without metadata, and a note
/// tells when it is for BGR), or what any
/// weight file that read_weights() knows holds. A hash in the name of a file of
/// PyTorch's ("resnet18-f37072fd.pth") is verified. Throws MissingInput,
/// BadData, WeightError.
StartingWeights read_starting_weights(
    const std::filesystem::path& path, ChannelOrder order = ChannelOrder::rgb);

/// What a file says of itself and what was changed while it was read, in lines
/// for people.
std::vector<std::string> describe_weights(const Weights& weights);

}  // namespace convoy
