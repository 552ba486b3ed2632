#include "trainer/report/training_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "data/errors.h"
#include "trainer/errors.h"
#include "trainer/evaluation/csv.h"

namespace convoy {
namespace {

constexpr double kSecondsOfHour = 3600;
constexpr double kHoursOfDay = 24;

struct EvaluatedEpoch {
  double epoch = 0;
  double accuracy = 0;
};

double number_in(
    const CsvRow& row, std::size_t column, const std::string& name) {
  double value = 0;
  if (column < row.fields.size()) {
    const std::string& text = row.fields[column];
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec == std::errc() && read.ptr == end) {
      return value;
    }
  }
  throw BadData(fmt::format(
      "{} line {}: want a number in column {}", name, row.line, column + 1));
}

std::size_t column_of(
    const CsvRow& titles, const char* wanted, const std::string& name) {
  const auto found =
      std::find(titles.fields.begin(), titles.fields.end(), wanted);
  if (found == titles.fields.end()) {
    throw BadData(fmt::format(
        "{}: no column {}; want the summary.csv of a run", name, wanted));
  }
  return static_cast<std::size_t>(found - titles.fields.begin());
}

/// In the order of the file.
std::vector<EvaluatedEpoch> evaluations_in(
    std::string_view summary, const std::string& name) {
  const std::vector<CsvRow> rows = read_csv(summary);
  const CsvRow titles = rows.empty() ? CsvRow{} : rows.front();
  const std::size_t epoch = column_of(titles, "epoch", name);
  const std::size_t accuracy = column_of(titles, "eval_top1", name);
  std::vector<EvaluatedEpoch> all;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const auto& fields = rows[r].fields;
    if (accuracy < fields.size() && !fields[accuracy].empty()) {
      all.push_back(
          {number_in(rows[r], epoch, name),
           number_in(rows[r], accuracy, name)});
    }
  }
  if (all.empty()) {
    throw BadData(fmt::format(
        "{}: no epoch was evaluated; want the history of a run with data.val",
        name));
  }
  return all;
}

}  // namespace

TrainingTime training_time(
    const TrainingPlan& plan, double images_per_second, int ranks) {
  TrainingTime time;
  time.epoch_s = static_cast<double>(plan.images) / images_per_second;
  time.hours = plan.epochs * time.epoch_s / kSecondsOfHour;
  time.days = time.hours / kHoursOfDay;
  if (plan.price) {
    time.cost = *plan.price * time.hours * ranks;
  }
  return time;
}

double epochs_to_accuracy(
    std::string_view summary, double target, const std::string& name) {
  EvaluatedEpoch best{0, -1};
  for (const EvaluatedEpoch& one : evaluations_in(summary, name)) {
    if (one.accuracy >= target) {
      return one.epoch;
    }
    best = one.accuracy > best.accuracy ? one : best;
  }
  throw UsageError(fmt::format(
      "--to-accuracy {}: {} reached {} at best, in epoch {:g}; want at most "
      "that",
      target,
      name,
      best.accuracy,
      best.epoch));
}

}  // namespace convoy
