#pragma once
// Throughput of one config on several world sizes, measured side by side.

#include <functional>
#include <string>
#include <vector>

#include "distributed/world.h"
#include "trainer/config/config.h"
#include "trainer/loop/phases.h"
#include "trainer/loop/run_data.h"

namespace convoy {

struct ScalingOptions {
  std::vector<int> ranks;  ///< world sizes, each at most the job's
  int steps = 20;          ///< timed in each repeat
  int warmup = 3;          ///< steps before, not timed
  int repeats = 5;         ///< interleaved: 1, 2, 4, 1, 2, 4, ...
  bool synthetic = false;  ///< the same random pictures in every step
};

struct ScalingRow {
  int ranks = 1;
  double images_per_second = 0;  ///< median over repeats
  double least = 0;
  double most = 0;
  double speedup = 0;     ///< over the first row's, a rank
  double efficiency = 0;  ///< speedup over ranks
  PhaseSeconds phases{};  ///< mean of a step, over ranks and repeats
};

/// Collective over `world`. Each rank's batch is the same on every world size
/// (weak scaling); ranks that are not part of a measurement sleep. `say` hears
/// of progress.
std::vector<ScalingRow> measure_scaling(
    const ScalingOptions& options,
    const Config& config,
    const RunData& data,
    MpiSession& session,
    World& world,
    const std::function<void(int done, int all)>& say);

}  // namespace convoy
