// The measurement of speedup as tables.

#include <fmt/format.h>

#include "trainer/report/scaling_table_parts.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

template <class Name>
std::string name_of(Name value) {
  return std::string(names(value)[static_cast<std::size_t>(value)]);
}

/// Significant ones, and more where a number is longer.
std::string three_digits(double value) {
  return value < 999.5 ? fmt::format("{:.3g}", value) : with_digits(value, 0);
}

std::vector<std::string> time_row(
    const TrainingPlan& plan,
    const ScalingSeries& series,
    const char* known,
    double rate,
    int ranks) {
  const TrainingTime time = training_time(plan, rate, ranks);
  return {
      name_of(series.data),
      name_of(series.mode),
      std::to_string(ranks),
      known,
      three_digits(time.epoch_s / 60),
      three_digits(time.hours),
      three_digits(time.days),
      time.cost ? with_digits(*time.cost, 2) : "-"};
}

}  // namespace

std::string with_digits(double value, int digits) {
  return fmt::format("{:.{}f}", value, digits);
}

ReportTable checks_table(const ScalingReport& report) {
  ReportTable table{
      "predicted from the fewest ranks, beside what was measured",
      {"data",
       "scaling",
       "ranks",
       "latency us",
       "GB/s",
       "predicted images/s",
       "measured",
       "error %"},
      {}};
  for (const Checked& check : check_predictions(report.rows)) {
    const AllReduceCost& cost = *check.row->all_reduce;
    table.rows.push_back(
        {name_of(check.row->series.data),
         name_of(check.row->series.mode),
         std::to_string(check.row->ranks),
         with_digits(1e6 * cost.latency_s, 1),
         cost.seconds_per_byte > 0
             ? with_digits(1e-9 / cost.seconds_per_byte, 2)
             : "-",
         with_digits(check.predicted.images_per_second, 1),
         with_digits(check.row->images_per_second, 1),
         fmt::format("{:+.1f}", 100 * check.error())});
  }
  return table;
}

ReportTable predictions_table(const ScalingReport& report) {
  ReportTable table{
      "predicted, not measured: " + report.predicted_for,
      {"data",
       "scaling",
       "ranks",
       "images/s",
       "step ms",
       "exposed ms",
       "efficiency"},
      {}};
  for (const Forecast& f : report.predictions) {
    table.rows.push_back(
        {name_of(f.series.data),
         name_of(f.series.mode),
         std::to_string(f.step.ranks),
         with_digits(f.images_per_second, 1),
         with_digits(1000 * f.step.step_s, 1),
         with_digits(1000 * f.step.exposed_s, 1),
         with_digits(f.step.efficiency, 3)});
  }
  return table;
}

ReportTable time_table(const ScalingReport& report) {
  if (!report.plan) {
    return {};
  }
  const TrainingPlan& plan = *report.plan;
  ReportTable table{
      fmt::format(
          "{:g} epochs ({}) of {} images{}; training steps alone, and as many "
          "epochs whatever the global batch",
          plan.epochs,
          plan.why,
          plan.images,
          plan.price ? fmt::format(", at {:g} a rank and hour", *plan.price)
                     : ""),
      {"data",
       "scaling",
       "ranks",
       "figures",
       "minutes an epoch",
       "hours",
       "days",
       "cost"},
      {}};
  for (const ScalingRow& row : report.rows) {
    table.rows.push_back(time_row(
        plan, row.series, "measured", row.images_per_second, row.ranks));
  }
  for (const Forecast& f : report.predictions) {
    table.rows.push_back(time_row(
        plan, f.series, "predicted", f.images_per_second, f.step.ranks));
  }
  return table;
}

std::vector<ReportTable> scaling_tables(const ScalingReport& report) {
  std::vector<ReportTable> tables;
  for (const ScalingSeries& series : report.options.series) {
    tables.push_back(series_table(report, series));
    tables.push_back(lost_table(report, series));
    tables.push_back(ranks_table(report, series));
  }
  tables.push_back(checks_table(report));
  tables.push_back(predictions_table(report));
  tables.push_back(time_table(report));
  std::erase_if(tables, [](const auto& table) { return table.rows.empty(); });
  return tables;
}

std::string scaling_text(const ScalingReport& report) {
  std::string text;
  for (const ReportTable& table : scaling_tables(report)) {
    text += (text.empty() ? "" : "\n") + as_text(table);
  }
  return text;
}

std::string scaling_markdown(
    const ScalingReport& report, const std::string& picture) {
  std::string text = fmt::format(
      "# Scaling of {}\n\n{}, ranks: {}; {} timed steps a repeat; {}\n\n"
      "![images a second and what a step's time goes to]({})\n",
      report.net,
      report.config,
      report.ranks,
      report.options.steps,
      version_line(),
      picture);
  for (const ReportTable& table : scaling_tables(report)) {
    text += "\n" + as_markdown(table);
  }
  return text;
}

}  // namespace convoy
