#pragma once
// One repeat of a measurement, and what several of them say.

#include <vector>

#include "distributed/cost_model.h"
#include "trainer/loop/scaling_load.h"
#include "trainer/loop/step_parts.h"

namespace convoy {

struct Repeat {
  double images_per_second = 0;       ///< over all ranks
  StepParts parts{};                  ///< seconds of a step
  std::vector<PhaseSeconds> by_rank;  ///< of a step
  StepProfile profile;  ///< of its last step, by the host's clock: Reducer's
};

/// The repeat at the median of images a second; of an even number the mean of
/// the two in the middle, with the profile of the slower. Its parts add up to
/// the time of a step of `global` samples at that rate. REQUIRES a repeat.
Repeat median_repeat(std::vector<Repeat> repeats, std::int64_t global);

/// A profile in the time of `phases`, those of a step of `load`: the host's
/// clock says in what share of a micro-batch buckets are ready, on a GPU too,
/// whose own time is in the phases.
StepProfile profile_in_phases(
    StepProfile profile, const PhaseSeconds& phases, const StepLoad& load);

}  // namespace convoy
