#pragma once
// An evaluation for a reader of the console.

#include <string>

#include "trainer/evaluation/figures.h"

namespace convoy {

/// Classes of up to this number are shown one and all.
constexpr std::size_t kMostShownClasses = 30;

/// "Acc@1 87.300 Acc@5 99.100 loss 0.432100 (960 samples: ...)".
std::string counts_line(const Sums& sums);

/// A line for each class, or for the worst by F1 where there are many, under a
/// line of titles; then the averages.
std::string class_table(const EvaluationFigures& figures);

}  // namespace convoy
