#pragma once
// What `convoy evaluate` is asked for.

#include <optional>
#include <string>
#include <vector>

#include "trainer/evaluation/views.h"

namespace convoy {

struct EvaluateArguments {
  std::string config;
  std::string checkpoint;
  std::string net;          ///< of a weight file of others in its place
  std::string class_names;  ///< of that file: path
  std::string data;
  std::vector<std::string> overrides;
  bool json = false;
  std::string report;  ///< folder; empty: none
  bool overwrite = false;
  int worst = 0;
  std::string group_by;         ///< regular expression
  std::string class_map;        ///< path
  std::vector<std::string> ng;  ///< classes, or several with commas between
  std::optional<double> escape;
  std::optional<double> threshold;
  Tta tta = Tta::none;

  /// Whether every class's probability is needed, or the likeliest ones alone.
  bool needs_scores() const {
    return !report.empty() || !class_map.empty() || !ng.empty();
  }
  /// Whether more is wanted than the network's own figures by class.
  bool wants_more() const {
    return needs_scores() || !group_by.empty() || threshold.has_value();
  }
};

/// False when --help was asked for, and printed. Throws UsageError, also where
/// an option lacks another that it needs.
bool parse_evaluate(
    const std::vector<std::string>& words, EvaluateArguments& arguments);

}  // namespace convoy
