#pragma once
// The figures of an evaluation as CSV files. Shares are 0..1; a cell is empty
// where there is nothing to divide by.

#include <string>
#include <vector>

#include "trainer/evaluation/figures.h"

namespace convoy {

/// One line a class, and the averages: names in the column `class` that no
/// class can have are "(macro average)" and "(micro average)".
std::string per_class_csv(const EvaluationFigures& figures);

/// One row a true class, one column a predicted one.
std::string confusion_csv(const EvaluationFigures& figures);

/// One line a sample, by index; its probability of NG where there are scores.
std::string samples_csv(
    const Predictions& predictions,
    const std::vector<std::string>& class_names,
    const std::vector<std::string>& keys,
    const std::vector<GroupScore>& scores);

/// Coverage and accuracy at thresholds.
std::string thresholds_csv(const std::vector<Coverage>& rows);

/// Escapes and overkill at thresholds.
std::string ng_thresholds_csv(const std::vector<GroupRates>& rows);

/// Both reliability tables: as measured, and at the temperature.
std::string reliability_csv(const CalibrationFigures& calibration);

std::string groups_csv(const std::vector<KeyGroup>& groups);

}  // namespace convoy
