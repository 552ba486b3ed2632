#pragma once
// What a measurement of speedup leaves: tables for the user, JSON for the
// baseline of later runs, CSV for other programs, and a picture.

#include <optional>
#include <string>
#include <vector>

#include "trainer/loop/scaling.h"
#include "trainer/loop/scaling_forecast.h"
#include "trainer/report/report_table.h"
#include "trainer/report/training_cost.h"

namespace convoy {

struct ScalingReport {
  std::string config;  ///< path
  std::string ranks;   ///< as describe_ranks() has it
  std::string net;
  std::vector<std::string> hosts;  ///< by rank
  ScalingOptions options;
  std::vector<ScalingRow> rows;
  std::string predicted_for;  ///< the link and the ranks of a host, in words
  std::vector<Forecast> predictions;
  std::optional<TrainingPlan> plan;
};

/// One object; read_baseline() reads it. In one line, or indented.
std::string scaling_json(const ScalingReport& report, int indent = -1);

/// For each series a line a number of ranks; what is lost, and by which rank on
/// the most of them; what was predicted beside what was measured; predictions;
/// time and cost. Tables that would say nothing are left out.
std::vector<ReportTable> scaling_tables(const ScalingReport& report);

/// The tables as they are printed, with empty lines between.
std::string scaling_text(const ScalingReport& report);

/// The same with the picture, which lies beside it under `picture`.
std::string scaling_markdown(
    const ScalingReport& report, const std::string& picture);

/// A row a series and number of ranks, measured and then predicted ones.
std::string scaling_csv(const ScalingReport& report);

/// A row a rank of each that was measured: milliseconds of a step by phase.
std::string scaling_ranks_csv(const ScalingReport& report);

/// Images a second over ranks, and what a step's time goes to, as SVG: a line
/// of two plots for each series.
std::string scaling_svg(const ScalingReport& report);

}  // namespace convoy
