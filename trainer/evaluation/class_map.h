#pragma once
// Classes merged, renamed and dropped before anything is counted.

#include <string>
#include <string_view>
#include <vector>

#include "trainer/evaluation/predictions.h"

namespace convoy {

/// A line of a class map.
struct Renaming {
  std::string from;
  std::string to;  ///< empty: the class is dropped
  int line = 0;
};

struct ClassMap {
  static constexpr std::int64_t kDropped = -1;

  std::vector<std::string> names;     ///< of the new classes
  std::vector<std::int64_t> targets;  ///< new number of each old class
};

/// Old classes with one new name become one class; a class that no renaming
/// speaks of keeps its name. New classes come in the order of the first of
/// their old ones. Throws BadData with the line and `source` of a class that is
/// not there or is named twice, and when no class is left.
ClassMap class_map(
    const std::vector<Renaming>& renamings,
    const std::vector<std::string>& class_names,
    const std::string& source);

/// What the network would say if the new classes were its own: probabilities of
/// merged classes are summed; where classes are dropped, samples of them are
/// left out, and the probabilities of the others are divided by their sum.
/// Losses and ranks are the new classes'. Takes predictions with scores and
/// gives such.
Predictions merge_classes(const Predictions& predictions, const ClassMap& map);

}  // namespace convoy
