#pragma once
// What a learning-rate range test leaves: a table and a suggestion for the
// user, CSV and a picture.

#include <cstdint>
#include <string>
#include <vector>

#include "trainer/config/train_options.h"
#include "trainer/loop/lr_range.h"

namespace convoy {

struct LrRangeReport {
  std::string title;  ///< "resnet18, global batch 64, sgd"
  int steps = 0;      ///< that were planned
  std::int64_t global_batch = 0;
  OptimizerOptions optimizer;
  LrRange range;
  LrSuggestion suggestion;  ///< none of a test that was stopped
};

/// Some 20 lines of rate and smoothed loss, evenly spread, under a line of
/// titles; the last step is among them.
std::string lr_range_table(const std::vector<LrPoint>& points);

/// Why the test ended, the suggested peak rate with the rule that gave it, and
/// the key to set; or why there is no suggestion.
std::string lr_range_advice(const LrRangeReport& report);

/// A row a step: step, lr, loss, smoothed_loss.
std::string lr_range_csv(const std::vector<LrPoint>& points);

/// Loss over the rate's logarithm as SVG, with the suggestion marked.
std::string lr_range_svg(const LrRangeReport& report);

}  // namespace convoy
