#pragma once
// The command line of convoy scaling.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "distributed/cost_model.h"
#include "trainer/loop/scaling.h"

namespace convoy {

struct ScalingArguments {
  std::string config;
  std::vector<std::string> overrides;
  std::string out;
  bool json = false;
  ScalingOptions options;
  std::vector<Cluster> predicted;  ///< what --predict asks for
  std::string predicted_for;       ///< their hosts and links, in words
  std::optional<double> epochs;
  std::optional<double> to_accuracy;  ///< percent
  std::string history;                ///< a run folder
  std::uint64_t images = 0;           ///< of an epoch; 0: data.train's
  std::optional<double> price;
};

/// Nothing where --help was asked for and printed. `world_size`: ranks of the
/// job. Throws UsageError.
std::optional<ScalingArguments> parse_scaling(
    const std::vector<std::string>& words, int world_size);

/// What ranks must have been told alike.
std::string options_text(const ScalingOptions& options);

}  // namespace convoy
