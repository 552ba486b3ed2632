#pragma once
// Throughput of one config on several world sizes, measured side by side.

#include <functional>
#include <string>
#include <vector>

#include "distributed/cost_model.h"
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
  bool synthetic = false;  ///< the same pictures in every step
};

/// What is measured, and where.
struct ScalingSubject {
  const Config& config;
  const RunData& data;
  MpiSession& session;
  World& world;  ///< of the whole job
};

struct ScalingRow {
  int ranks = 1;
  double images_per_second = 0;  ///< median over repeats
  double least = 0;
  double most = 0;
  double speedup = 0;     ///< over a rank of the row with the fewest ranks
  double efficiency = 0;  ///< speedup over ranks
  PhaseSeconds phases{};  ///< mean of a step, over ranks and repeats
  StepProfile profile;    ///< of a step, for predictions
};

/// Collective over the subject's world; the rows are rank 0's. Each rank's
/// batch is the same on every world size (weak scaling). Ranks that are not
/// part of a measurement sleep, however long it takes, and notice when it dies.
/// `say` hears how many measurements are done, of repeats times world sizes.
/// Throws AgreedFailure when network and config do not fit each other or the
/// loaders do not fit into memory; what a step throws while training.
std::vector<ScalingRow> measure_scaling(
    const ScalingOptions& options,
    const ScalingSubject& subject,
    const std::function<void(int done)>& say);

/// Fills in speedup and efficiency of rows that have their images_per_second.
void compare_rows(std::vector<ScalingRow>& rows);

}  // namespace convoy
