#pragma once
// What a measurement of speedup leaves: a table for the user, JSON for the
// baseline of later runs.

#include <string>
#include <vector>

#include "trainer/loop/scaling.h"

namespace convoy {

struct ScalingReport {
  std::string config;  ///< path
  std::string ranks;   ///< as describe_ranks() has it
  std::string net;
  std::int64_t batch_per_rank = 0;
  ScalingOptions options;
  std::vector<ScalingRow> rows;
  std::string predicted_for;  ///< the link and the ranks of a host, in words
  std::vector<Prediction> predictions;
};

/// One object; read_baseline() reads it. In one line, or indented.
std::string scaling_json(const ScalingReport& report, int indent = -1);

/// A line for each number of ranks, under a line of titles.
std::string scaling_table(const std::vector<ScalingRow>& rows);

/// What the step of the fewest ranks is predicted to take on others; empty
/// without predictions.
std::string prediction_table(const ScalingReport& report);

}  // namespace convoy
