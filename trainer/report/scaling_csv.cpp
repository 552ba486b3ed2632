// The measurement of speedup as comma-separated values.

#include <fmt/format.h>

#include "trainer/evaluation/csv.h"
#include "trainer/report/scaling_report.h"

namespace convoy {
namespace {

using Row = std::vector<std::string>;

std::string digits(double value) {
  return fmt::format("{:.6g}", value);
}

Row head(
    const char* kind,
    const ScalingSeries& series,
    int ranks,
    const StepLoad& load) {
  return {
      kind,
      std::string(names(series.data)[static_cast<std::size_t>(series.data)]),
      std::string(names(series.mode)[static_cast<std::size_t>(series.mode)]),
      std::to_string(ranks),
      std::to_string(load.global)};
}

template <class Values>
void append(Row& row, const Values& values, double unit) {
  for (const double value : values) {
    row.push_back(digits(unit * value));
  }
}

Row titles() {
  Row row{
      "kind",
      "data",
      "mode",
      "ranks",
      "global_batch",
      "images_per_second",
      "min",
      "max",
      "speedup",
      "efficiency",
      "step_ms"};
  for (const auto& part : kStepPartNames) {
    row.push_back(fmt::format("{}_ms", part));
  }
  for (const auto& part : kStepPartNames) {
    row.push_back(fmt::format("lost_{}", part));
  }
  const Row rest{
      "predicted_images_per_second", "epoch_s", "hours", "days", "cost"};
  row.insert(row.end(), rest.begin(), rest.end());
  return row;
}

void append_time(
    Row& row, const ScalingReport& report, double rate, int ranks) {
  if (!report.plan) {
    row.insert(row.end(), 4, "");
    return;
  }
  const TrainingTime time = training_time(*report.plan, rate, ranks);
  row.insert(
      row.end(),
      {digits(time.epoch_s),
       digits(time.hours),
       digits(time.days),
       time.cost ? digits(*time.cost) : ""});
}

Row measured(
    const ScalingReport& report,
    const ScalingRow& r,
    const std::vector<Checked>& checks) {
  Row row = head("measured", r.series, r.ranks, r.load);
  append(
      row,
      std::array{
          r.images_per_second,
          r.least,
          r.most,
          r.speedup,
          r.efficiency,
          1000 * sum_of(r.parts)},
      1);
  append(row, r.parts, 1000);
  append(row, r.lost, 1);
  row.emplace_back();
  for (const Checked& check : checks) {
    if (check.row == &r) {
      row.back() = digits(check.predicted.images_per_second);
    }
  }
  append_time(row, report, r.images_per_second, r.ranks);
  return row;
}

Row predicted(const ScalingReport& report, const Forecast& f) {
  Row row = head("predicted", f.series, f.step.ranks, f.load);
  row.insert(row.end(), 4, "");  // images/s, its range, speedup
  append(row, std::array{f.step.efficiency, 1000 * f.step.step_s}, 1);
  row.insert(row.end(), 2 * kStepPartNames.size(), "");
  append(row, std::array{f.images_per_second}, 1);
  append_time(row, report, f.images_per_second, f.step.ranks);
  return row;
}

}  // namespace

std::string scaling_csv(const ScalingReport& report) {
  std::string csv = csv_line(titles());
  const auto checks = check_predictions(report.rows);
  for (const ScalingRow& row : report.rows) {
    csv += csv_line(measured(report, row, checks));
  }
  for (const Forecast& f : report.predictions) {
    csv += csv_line(predicted(report, f));
  }
  return csv;
}

std::string scaling_ranks_csv(const ScalingReport& report) {
  Row titles{"data", "mode", "ranks", "rank", "host"};
  for (const auto& phase : kPhaseNames) {
    titles.push_back(fmt::format("{}_ms", phase));
  }
  std::string csv = csv_line(titles);
  for (const ScalingRow& r : report.rows) {
    for (std::size_t rank = 0; rank < r.by_rank.size(); ++rank) {
      Row row = head("", r.series, r.ranks, r.load);
      row.erase(row.begin());
      row.back() = std::to_string(rank);
      row.push_back(report.hosts[rank]);
      append(row, r.by_rank[rank], 1000);
      csv += csv_line(row);
    }
  }
  return csv;
}

}  // namespace convoy
