#pragma once
// --net NAME of the commands that take one, and what goes with it.

#include <string>
#include <vector>

#include "nets/registry.h"
#include "trainer/checkpoint/weights_as_checkpoint.h"

namespace convoy {

/// Throws UsageError, with the name that was probably meant.
const NetEntry& net_of_option(const std::string& name);

/// For commands that take a checkpoint, or with --net a weight file of others.
/// Throws UsageError when there is no such network, or names without one.
void check_weights_options(
    const std::string& net, const std::string& class_names);

/// Whether a --set is of a section that says so.
bool says_how_weights_are_used(const std::string& override);

/// Of the overrides those that says_how_weights_are_used().
WeightsUse weights_use(
    const std::string& net,
    const std::string& class_names,
    const std::vector<std::string>& overrides);

}  // namespace convoy
