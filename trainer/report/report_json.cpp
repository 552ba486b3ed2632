#include "trainer/report/evaluation_json_parts.h"

namespace convoy {
namespace {

Json target_errors_json(const std::vector<TargetError>& targets) {
  Json list = Json::array();
  for (const TargetError& target : targets) {
    list.push_back(
        {{"error", target.error},
         {"reached",
          target.reached ? coverage_json(*target.reached) : Json(nullptr)}});
  }
  return list;
}

Json bins_json(const Reliability& bins) {
  Json list = Json::array();
  for (const ReliabilityBin& bin : bins) {
    list.push_back(
        {{"above", bin.lower},
         {"up_to", bin.upper},
         {"samples", bin.samples},
         {"accuracy", bin.accuracy()},
         {"mean_probability", bin.mean_probability()}});
  }
  return list;
}

Json calibration_json(const CalibrationFigures& c) {
  return {
      {"expected_calibration_error", expected_calibration_error(c.before)},
      {"loss", c.loss_before},
      {"temperature", c.temperature},
      {"expected_calibration_error_at_temperature",
       expected_calibration_error(c.after)},
      {"loss_at_temperature", c.loss_after},
      {"reliability", bins_json(c.before)},
      {"reliability_at_temperature", bins_json(c.after)}};
}

Json classes_json(const EvaluationFigures& figures) {
  Json list = Json::array();
  for (std::size_t i = 0; i < figures.classes.size(); ++i) {
    const ClassFigures& c = figures.classes[i];
    const Shares top1 = c.top1();
    const Shares top5 = c.top5();
    list.push_back(
        {{"class", figures.class_names[i]},
         {"support", c.support},
         {"predicted", c.predicted},
         {"hits", c.hits},
         {"predicted5", c.predicted5},
         {"hits5", c.hits5},
         {"unsure", c.unsure},
         {"precision", top1.precision},
         {"recall", top1.recall},
         {"f1", top1.f1},
         {"precision5", top5.precision},
         {"recall5", top5.recall},
         {"f1_5", top5.f1},
         {"taken_for",
          c.taken_for == kNoClass ? Json(nullptr)
                                  : Json(figures.class_names[c.taken_for])},
         {"taken_for_times", c.taken_for_times}});
  }
  return list;
}

/// Rows of counts; with a threshold the last column is "unsure".
Json confusion_json(const ConfusionMatrix& matrix) {
  Json rows = Json::array();
  for (std::int64_t row = 0; row < matrix.classes(); ++row) {
    Json counts = Json::array();
    for (std::int64_t column = 0; column < matrix.columns(); ++column) {
      counts.push_back(matrix.at(row, column));
    }
    rows.push_back(counts);
  }
  return rows;
}

Json worst_json(const std::vector<WorstEntry>& entries) {
  Json list = Json::array();
  for (const WorstEntry& entry : entries) {
    list.push_back(
        {{"index", entry.result.index},
         {"key", entry.key},
         {"true", entry.label},
         {"predicted", entry.predicted},
         {"probability", entry.result.probability},
         {"true_probability", entry.result.label_probability},
         {"loss", entry.result.loss},
         {"file", entry.file.empty() ? Json(nullptr) : Json(entry.file)}});
  }
  return list;
}

}  // namespace

std::string report_json(
    const EvaluationSubject& subject,
    const EvaluationFigures& figures,
    const FigureWishes& wishes,
    const std::vector<WorstEntry>& worst) {
  Json json = common_json(subject, figures, wishes);
  json["left_out"] = subject.left_out;
  json["confidence"] = kConfidence;
  if (figures.calibration) {
    json["calibration"] = calibration_json(*figures.calibration);
  }
  json["target_errors"] = target_errors_json(figures.target_errors);
  json["thresholds"] = Json::array();
  for (const Coverage& row : figures.coverage) {
    json["thresholds"].push_back(coverage_json(row));
  }
  if (figures.two_groups) {
    for (const GroupRates& row : figures.two_groups->table) {
      json["two_groups"]["thresholds"].push_back(rates_json(row));
    }
  }
  json["classes"] = classes_json(figures);
  json["confusion"] = confusion_json(figures.matrix);
  json["worst"] = worst_json(worst);
  return json_line(json, 1) + "\n";
}

}  // namespace convoy
