#pragma once
// What a run's live speedup is measured against.

#include <string>

namespace convoy {

/// images/s of one rank in a scaling.json that `convoy scaling` wrote. Throws
/// BadData when the file holds none.
double read_baseline(const std::string& path);

}  // namespace convoy
