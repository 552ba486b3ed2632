#pragma once
// What an evaluation's options mean for the classes of a checkpoint.

#include <optional>
#include <string>
#include <vector>

#include "trainer/commands/evaluate_options.h"
#include "trainer/evaluation/class_map.h"
#include "trainer/evaluation/figures.h"

namespace convoy {

struct EvaluationPlan {
  std::optional<ClassMap> map;
  std::vector<std::string> class_names;  ///< after the map
  std::vector<std::string> ng;           ///< names of the NG classes
  FigureWishes wishes;
};

/// `class_names` are the checkpoint's. Reads the class map. Throws UsageError
/// (an NG class that is not there, no class that is OK, a bad regular
/// expression), BadData and MissingInput of the class map.
EvaluationPlan plan_evaluation(
    const EvaluateArguments& arguments,
    const std::vector<std::string>& class_names);

}  // namespace convoy
