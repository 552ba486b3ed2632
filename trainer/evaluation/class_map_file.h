#pragma once
// Class maps as files.

#include <string>
#include <vector>

#include "trainer/evaluation/class_map.h"

namespace convoy {

/// Reads PATH.yaml (or .yml), a map of old name to new name, or PATH.csv, two
/// columns of the same, the first line "old,new" or not. An empty new name (in
/// YAML null, too) drops the class. Throws MissingInput, or BadData with path
/// and line.
std::vector<Renaming> read_class_map(const std::string& path);

}  // namespace convoy
