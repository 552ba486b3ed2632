#pragma once
// What is measured on each number of ranks: how much a step takes, and of what.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "trainer/config/train_options.h"

namespace convoy {

/// Pictures of the training data, or the same made-up ones in every step.
enum class ScalingData { real, synthetic };
constexpr std::array<std::string_view, 2> names(ScalingData) {
  return {"real", "synthetic"};
}

/// `weak`: each rank's batch is the same on any number of ranks, so the global
/// batch grows with them. `strong`: the global batch is the same, and shared.
enum class ScalingMode { weak, strong };
constexpr std::array<std::string_view, 2> names(ScalingMode) {
  return {"weak", "strong"};
}

/// World sizes that are compared with each other.
struct ScalingSeries {
  ScalingData data = ScalingData::real;
  ScalingMode mode = ScalingMode::weak;

  bool operator==(const ScalingSeries&) const = default;
};

/// "real data, weak scaling".
std::string describe(const ScalingSeries& series);

/// A step's samples.
struct StepLoad {
  std::int64_t global = 0;
  std::int64_t largest_share = 0;  ///< of a rank; shares differ by one at most
  std::int64_t micro = 0;          ///< of which at most so many at once

  /// A rank's, in the mean.
  double share(int ranks) const { return static_cast<double>(global) / ranks; }
};

/// The load of `ranks` ranks, of a config that is meant for `job_size`: its
/// global batch, or for each rank the largest share of it.
StepLoad step_load(
    const BatchOptions& batch, int job_size, ScalingMode mode, int ranks);

}  // namespace convoy
