#pragma once
// Everything that an evaluation says, from its predictions.

#include <optional>
#include <string>
#include <vector>

#include "trainer/evaluation/calibration.h"
#include "trainer/evaluation/class_figures.h"
#include "trainer/evaluation/coverage.h"
#include "trainer/evaluation/key_groups.h"
#include "trainer/evaluation/predictions.h"
#include "trainer/evaluation/two_groups.h"

namespace convoy {

/// What is asked beyond the figures that every evaluation has.
struct FigureWishes {
  std::optional<double> threshold{};  ///< below it a sample is unsure
  std::vector<bool> is_ng{};          ///< by class; empty: no two groups
  std::optional<double> escape{};     ///< the escape rate allowed
  std::optional<KeyPattern> group_by{};
};

struct TargetError {
  double error = 0;
  std::optional<Coverage> reached;  ///< nothing: at no threshold
};

struct CalibrationFigures {
  Reliability before;
  Reliability after;  ///< at the temperature
  double temperature = 1;
  double loss_before = 0;
  double loss_after = 0;
};

struct GroupFigures {
  std::int64_t ng_samples = 0;
  std::vector<GroupScore> scores;  ///< by sample
  std::vector<GroupRates> table;
  std::optional<GroupRates> with_unsure{};  ///< at FigureWishes::threshold
  std::optional<GroupRates> for_escape{};
  std::optional<GroupRates> for_assured_escape{};
};

struct EvaluationFigures {
  std::vector<std::string> class_names;
  Sums sums;
  ConfusionMatrix matrix;
  std::vector<ClassFigures> classes;
  Averages averages;
  std::optional<Coverage> at_threshold{};
  std::vector<KeyGroup> key_groups{};
  std::optional<GroupFigures> two_groups{};
  // Where the predictions have scores:
  std::vector<Coverage> coverage{};
  std::vector<TargetError> target_errors{};
  std::optional<CalibrationFigures> calibration{};
};

/// `keys` by sample, needed where group_by is wished; is_ng needs predictions
/// with scores.
EvaluationFigures figures_of(
    const Predictions& predictions,
    const std::vector<std::string>& class_names,
    const std::vector<std::string>& keys,
    const FigureWishes& wishes);

}  // namespace convoy
