#pragma once
// Weight files of others, used as if a run of convoy had left them: published
// weights are evaluated and asked as they are.

#include <string>
#include <vector>

#include "nets/registry.h"
#include "trainer/checkpoint/tensor_file.h"

namespace convoy {

/// What a weight file does not say of itself.
struct WeightsUse {
  std::string net;  ///< of the registry; empty: the file is a checkpoint
  std::string class_names;  ///< text file, a name a line; empty: 0, 1, 2, ...
  /// "eval.KEY=VALUE", "normalize.KEY=VALUE"; else as the network's facts say.
  std::vector<std::string> overrides;
};

/// A network for the tensors of a weight file: as many classes and channels as
/// its head and first convolution have, where these are the network's
/// otherwise; else ImageNet's.
NetOptions options_of_weights(
    const std::vector<NamedTensor>& tensors, const NetEntry& entry);

/// The checkpoint at `path`; with `use.net` the checkpoint that a run of this
/// network would have left with the weights at `path`. Pictures are then
/// prepared as where its accuracy was published, from files as they are. Throws
/// MissingInput, WeightError, ConfigError; BadData when the file is no
/// checkpoint, does not fit the network but for auxiliary parts, or the names
/// are not as many as the classes; UsageError when a checkpoint is given a
/// network.
TensorFile read_checkpoint(const std::string& path, const WeightsUse& use);

}  // namespace convoy
