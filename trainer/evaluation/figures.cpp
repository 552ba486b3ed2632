#include "trainer/evaluation/figures.h"

#include "trainer/evaluation/temperature.h"

namespace convoy {
namespace {

CalibrationFigures calibrate(const Predictions& predictions) {
  CalibrationFigures figures;
  figures.temperature = best_temperature(predictions);
  const Tempered before = at_temperature(predictions, 1);
  const Tempered after = at_temperature(predictions, figures.temperature);
  figures.before = reliability(before.confidences);
  figures.after = reliability(after.confidences);
  figures.loss_before = before.mean_loss;
  figures.loss_after = after.mean_loss;
  return figures;
}

std::vector<TargetError> target_errors(const CoverageCurve& curve) {
  std::vector<TargetError> targets;
  for (const double error : {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2}) {
    targets.push_back({error, curve.for_error(error)});
  }
  return targets;
}

GroupFigures compare_groups(
    const Predictions& predictions, const FigureWishes& wishes) {
  GroupFigures figures;
  figures.scores = group_scores(predictions, wishes.is_ng);
  const GroupCurve curve(figures.scores);
  figures.table = curve.table();
  figures.ng_samples = figures.table[0].ng_samples;
  if (wishes.threshold) {
    figures.with_unsure = rates_with_unsure(figures.scores, *wishes.threshold);
  }
  if (wishes.escape) {
    figures.for_escape = curve.for_escape(*wishes.escape);
    figures.for_assured_escape = curve.for_assured_escape(*wishes.escape);
  }
  return figures;
}

}  // namespace

EvaluationFigures figures_of(
    const Predictions& predictions,
    const std::vector<std::string>& class_names,
    const std::vector<std::string>& keys,
    const FigureWishes& wishes) {
  const auto& samples = predictions.samples;
  const CoverageCurve curve(samples);
  ConfusionMatrix matrix(samples, predictions.classes, wishes.threshold);
  std::vector<ClassFigures> classes = class_figures(samples, matrix);
  const Averages averages = averages_of(classes);
  EvaluationFigures figures{
      class_names,
      sums_of(samples),
      std::move(matrix),
      std::move(classes),
      averages};
  if (wishes.threshold) {
    figures.at_threshold = curve.at(*wishes.threshold);
  }
  if (wishes.group_by) {
    figures.key_groups = group_by_key(*wishes.group_by, samples, keys);
  }
  if (!wishes.is_ng.empty()) {
    figures.two_groups = compare_groups(predictions, wishes);
  }
  if (!predictions.log_probabilities.empty()) {
    figures.coverage = curve.table();
    figures.target_errors = target_errors(curve);
    figures.calibration = calibrate(predictions);
  }
  return figures;
}

}  // namespace convoy
