#pragma once
// What an evaluation was asked for beyond its table, as lines of text.

#include <string>

#include "trainer/evaluation/figures.h"

namespace convoy {

/// Thresholds, two groups, calibration and groups of keys, each where there are
/// figures of it. Empty where there are none.
std::string further_lines(
    const EvaluationFigures& figures, const FigureWishes& wishes);

}  // namespace convoy
