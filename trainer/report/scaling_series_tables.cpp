// What was measured, as tables.

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "trainer/report/scaling_table_parts.h"

namespace convoy {
namespace {

constexpr std::size_t kMostShownRanks = 16;

std::string counted(int count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

void append_names(std::vector<std::string>& columns) {
  columns.insert(columns.end(), kStepPartNames.begin(), kStepPartNames.end());
}

/// Those who compute and wait for data longest, in the order of their ranks.
std::vector<std::size_t> shown_ranks(const std::vector<PhaseSeconds>& ranks) {
  std::vector<std::size_t> order(ranks.size());
  std::iota(order.begin(), order.end(), 0);
  if (order.size() > kMostShownRanks) {
    const auto own = [&](std::size_t r) { return ranks[r][0] + ranks[r][1]; };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
      return own(a) > own(b);
    });
    order.resize(kMostShownRanks);
    std::sort(order.begin(), order.end());
  }
  return order;
}

}  // namespace

ReportTable series_table(
    const ScalingReport& report, const ScalingSeries& series) {
  const auto rows = rows_of(report.rows, series);
  const StepLoad& load = rows.front()->load;
  const std::string batch =
      series.mode == ScalingMode::weak
          ? counted(static_cast<int>(load.largest_share), "sample") + " a rank"
          : counted(static_cast<int>(load.global), "sample") +
                " over all ranks";
  ReportTable table{
      fmt::format(
          "{}: {}; medians of {}; a step and its parts in ms",
          describe(series),
          batch,
          counted(report.options.repeats, "repeat")),
      {"ranks", "images/s", "range", "speedup", "efficiency", "step ms"},
      {}};
  append_names(table.columns);
  for (const ScalingRow* row : rows) {
    table.rows.push_back(
        {std::to_string(row->ranks),
         with_digits(row->images_per_second, 1),
         fmt::format("{:.1f}..{:.1f}", row->least, row->most),
         with_digits(row->speedup, 2),
         with_digits(row->efficiency, 3),
         with_digits(1000 * sum_of(row->parts), 1)});
    for (const double part : row->parts) {
      table.rows.back().push_back(with_digits(1000 * part, 1));
    }
  }
  return table;
}

ReportTable lost_table(
    const ScalingReport& report, const ScalingSeries& series) {
  const int fewest = row_of_fewest(report.rows, series).ranks;
  ReportTable table{
      fmt::format(
          "{}: what is lost against {}, in % of a step",
          describe(series),
          counted(fewest, "rank")),
      {"ranks", "lost"},
      {}};
  append_names(table.columns);
  for (const ScalingRow* row : rows_of(report.rows, series)) {
    if (row->ranks == fewest) {
      continue;
    }
    table.rows.push_back(
        {std::to_string(row->ranks),
         with_digits(100 * (1 - row->efficiency), 1)});
    for (const double part : row->lost) {
      table.rows.back().push_back(with_digits(100 * part, 1));
    }
  }
  return table;
}

ReportTable ranks_table(
    const ScalingReport& report, const ScalingSeries& series) {
  const ScalingRow& most = *rows_of(report.rows, series).back();
  const auto shown = shown_ranks(most.by_rank);
  ReportTable table{
      fmt::format(
          "{}: {} of {} ranks, in ms of a step; comm is waiting for slower "
          "ranks too",
          describe(series),
          shown.size() == most.by_rank.size() ? "each" : "the slowest",
          most.ranks),
      {"rank", "host", "data", "compute", "comm", "optimizer"},
      {}};
  for (const std::size_t r : shown) {
    if (most.ranks > 1) {
      table.rows.push_back({std::to_string(r), report.hosts[r]});
      for (const double phase : most.by_rank[r]) {
        table.rows.back().push_back(with_digits(1000 * phase, 1));
      }
    }
  }
  return table;
}

}  // namespace convoy
