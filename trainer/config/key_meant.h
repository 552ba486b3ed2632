#pragma once
// What somebody who wrote an unknown key was after.

#include <string>
#include <vector>

namespace convoy {

/// The key that `path` ("optimizer.learning_rate") most likely stands for, in
/// full ("optimizer.lr"): one that other trainers call so, a slip of the pen
/// among `known` (the keys of its own section), one of that name in another
/// section, or the nearest of `known`. What holds a map can only be a section.
/// Empty when nothing comes near.
std::string key_meant(
    const std::string& path,
    const std::vector<std::string>& known,
    bool holds_map = false);

}  // namespace convoy
