#pragma once
// Throughput of one config on several world sizes, measured side by side.

#include <functional>
#include <optional>
#include <vector>

#include "distributed/cost_model.h"
#include "distributed/world.h"
#include "trainer/config/config.h"
#include "trainer/loop/run_data.h"
#include "trainer/loop/scaling_load.h"
#include "trainer/loop/step_parts.h"

namespace convoy {

struct ScalingOptions {
  std::vector<int> ranks;  ///< world sizes, each at most the job's
  std::vector<ScalingSeries> series;
  int steps = 20;   ///< timed in each repeat
  int warmup = 3;   ///< steps before, not timed, at least
  int repeats = 5;  ///< interleaved: all series on 1, 2, 4, 1, 2, 4, ... ranks
};

/// What is measured, and where.
struct ScalingSubject {
  const Config& config;
  const RunData& data;
  MpiSession& session;
  World& world;  ///< of the whole job
};

struct ScalingRow {
  ScalingSeries series;
  int ranks = 1;
  StepLoad load;
  double images_per_second = 0;  ///< median over repeats
  double least = 0;
  double most = 0;
  double speedup = 0;     ///< over a rank of the series' fewest ranks
  double efficiency = 0;  ///< speedup over ranks
  // Of a step, in the repeat at the median (median_repeat()):
  StepParts parts{};                  ///< seconds
  StepParts lost{};                   ///< shares that add up to 1 - efficiency
  std::vector<PhaseSeconds> by_rank;  ///< seconds
  PhaseSeconds phases{};              ///< mean over ranks
  StepProfile profile;                ///< for predictions
  std::optional<AllReduceCost> all_reduce;  ///< of these ranks, if several
};

/// Collective over the subject's world; the rows are rank 0's: series by
/// series, each in the order of the options' ranks. Ranks that are not part of
/// a measurement sleep, however long it takes, and notice when it dies. A step
/// that waits for a loader is timed once the batches are used up which it
/// loaded while others were measured. `say` hears how many measurements are
/// done, of repeats times world sizes times series. Throws AgreedFailure when
/// network and config do not fit each other or the loaders do not fit into
/// memory; what a step throws while training.
std::vector<ScalingRow> measure_scaling(
    const ScalingOptions& options,
    const ScalingSubject& subject,
    const std::function<void(int done)>& say);

/// The rows of a series, from the fewest ranks to the most.
std::vector<const ScalingRow*> rows_of(
    const std::vector<ScalingRow>& rows, const ScalingSeries& series);

/// The first of them. REQUIRES one.
const ScalingRow& row_of_fewest(
    const std::vector<ScalingRow>& rows, const ScalingSeries& series);

/// Fills in speedup, efficiency and what is lost of rows that have the rest.
void compare_rows(std::vector<ScalingRow>& rows);

}  // namespace convoy
