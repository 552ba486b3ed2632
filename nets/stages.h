#pragma once
// The parts of a network, as fine-tuning speaks of them.

#include <string>
#include <vector>

#include "nets/module.h"

namespace convoy {

/// The part a tensor belongs to: its name up to the second dot, "layer1.0" of
/// "layer1.0.conv1.weight".
std::string stage_of(const std::string& name);

/// All parts of a network, in the order of its state.
std::vector<std::string> stages_of(const std::vector<NamedTensor>& state);

/// Whether `name` is `layer` or lies in it: "layer1.0.bn1" in "layer1".
bool lies_in(const std::string& name, const std::string& layer);

}  // namespace convoy
