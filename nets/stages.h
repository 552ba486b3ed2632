#pragma once
// The parts of a network, as fine-tuning speaks of them.

#include <cstdint>
#include <string>
#include <vector>

#include "nets/registry.h"

namespace convoy {

/// Layers that are trained or left alone together.
struct Stage {
  std::string name;  ///< of its first layer, as stage_of() has it
  std::vector<std::string> tensors;
  std::int64_t parameters = 0;
  bool is_head = false;  ///< the head, or a part with an auxiliary one
};

/// The part a tensor belongs to: a numbered block, "layer1.0" of
/// "layer1.0.conv1.weight" and "features.3" of "features.3.bias"; else the
/// first word of its name, "fc" of "fc.weight" and "inception3a" of
/// "inception3a.branch1.conv.weight".
std::string stage_of(const std::string& name);

/// All parts of a network, in the order of its state. A batch norm that is a
/// part of its own ("bn1", VGG's "features.1") counts to the one before it.
std::vector<Stage> stages_of(
    const std::vector<NamedTensor>& state, const NetFacts& facts);

/// Whether `name` is `layer` or lies in it: "layer1.0.bn1" in "layer1".
bool lies_in(const std::string& name, const std::string& layer);

}  // namespace convoy
