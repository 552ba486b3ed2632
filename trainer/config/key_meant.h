#pragma once
// What somebody who wrote an unknown key was after.

#include <string>
#include <vector>

namespace convoy {

/// The key that `path` ("optimizer.learning_rate") most likely stands for, in
/// full ("optimizer.lr"): one that other trainers call so, one of that name in
/// another section, the nearest of `known` (the keys of its own section), or
/// the nearest of what other trainers say. Empty when nothing comes near.
std::string key_meant(
    const std::string& path, const std::vector<std::string>& known);

}  // namespace convoy
