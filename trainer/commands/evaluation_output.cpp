#include "trainer/commands/evaluation_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/errors.h"
#include "data/store/printable.h"
#include "trainer/errors.h"
#include "trainer/evaluation/report_folder.h"
#include "trainer/report/evaluation_lines.h"
#include "trainer/report/evaluation_table.h"

namespace convoy {
namespace {

std::string key_at(const Database& database, std::int64_t index) {
  return printable(database.read(static_cast<std::size_t>(index)).key);
}

std::vector<std::string> keys_of_samples(
    const std::vector<SampleResult>& samples, const Database& database) {
  std::vector<std::string> keys;
  for (const SampleResult& sample : samples) {
    keys.push_back(key_at(database, sample.index));
  }
  return keys;
}

/// What is wrong with scores that are no numbers; empty when all are.
std::string nonfinite_scores(
    const std::vector<SampleResult>& samples, const Database& database) {
  const auto is_wrong = [](const SampleResult& sample) {
    return !std::isfinite(sample.loss);
  };
  const auto first = std::find_if(samples.begin(), samples.end(), is_wrong);
  if (first == samples.end()) {
    return "";
  }
  return fmt::format(
      "the network's scores of {} of {} samples are infinite or no numbers "
      "(first of record '{}'), so there are no figures by class: is the "
      "checkpoint one of a run that diverged?",
      std::count_if(first, samples.end(), is_wrong),
      samples.size(),
      key_at(database, first->index));
}

/// Of the classes that the map makes.
Predictions merged_predictions(const EvaluationResult& result) {
  const Predictions& own = result.evaluation.predictions;
  Predictions merged = merge_classes(own, *result.plan.map);
  if (merged.samples.empty()) {
    throw BadData(fmt::format(
        "{} drops the classes of all {} samples; want one left",
        result.arguments.class_map,
        own.size()));
  }
  return merged;
}

std::string printed(
    const EvaluationResult& result, const EvaluationFigures& figures) {
  const FigureWishes& wishes = result.plan.wishes;
  if (result.arguments.json) {
    return evaluation_json(result.subject, figures, wishes);
  }
  return counts_line(figures.sums) + class_table(figures) +
         further_lines(figures, wishes);
}

/// Counts alone, with a warning.
EvaluationOutput counts_output(
    const EvaluationResult& result, const std::string& doubts) {
  const auto classes =
      static_cast<std::int64_t>(result.plan.class_names.size());
  EvaluationFigures figures =
      figures_of({classes, {}, {}}, result.plan.class_names, {}, {});
  figures.sums = result.evaluation.sums;
  return {
      result.arguments.json ? evaluation_json(result.subject, figures, {})
                            : counts_line(figures.sums),
      doubts};
}

void fill_report(
    const EvaluationResult& result,
    const Predictions& predictions,
    const EvaluationFigures& figures,
    const std::vector<std::string>& keys,
    const std::function<void()>& alive) {
  std::vector<WorstEntry> worst = worst_entries(
      predictions.samples,
      figures.class_names,
      keys,
      static_cast<std::size_t>(result.arguments.worst));
  if (!worst.empty()) {
    write_worst_pictures(*result.folder, result.dataset, worst, alive);
  }
  const std::string json =
      report_json(result.subject, figures, result.plan.wishes, worst);
  write_report(*result.folder, {predictions, figures, keys, worst, json});
}

}  // namespace

void require_some_match(const KeyPattern& pattern, const Database& database) {
  const auto records = static_cast<std::int64_t>(database.size());
  for (std::int64_t i = 0; i < records; ++i) {
    if (pattern.group_of(key_at(database, i))) {
      return;
    }
  }
  throw UsageError(fmt::format(
      "--group-by \"{}\" matches none of the {} keys of {}; the first is "
      "\"{}\"",
      pattern.expression(),
      records,
      database.path(),
      key_at(database, 0)));
}

void make_output(
    const EvaluationResult& result,
    const std::function<void()>& alive,
    EvaluationOutput& output) {
  const EvaluationPlan& plan = result.plan;
  const Database& database = result.dataset.database();
  const Predictions& own = result.evaluation.predictions;
  const std::string wrong = nonfinite_scores(own.samples, database);
  if (!wrong.empty()) {
    if (result.arguments.wants_more()) {
      throw BadData(wrong);
    }
    output = counts_output(result, wrong);
    return;
  }
  const Predictions merged =
      plan.map ? merged_predictions(result) : Predictions{};
  const Predictions& predictions = plan.map ? merged : own;
  alive();
  const std::vector<std::string> keys =
      keys_of_samples(predictions.samples, database);
  const EvaluationFigures figures =
      figures_of(predictions, plan.class_names, keys, plan.wishes);
  alive();
  output.text = printed(result, figures);
  if (result.folder != nullptr) {
    fill_report(result, predictions, figures, keys, alive);
  }
}

}  // namespace convoy
