#pragma once
// A short run whose learning rate rises until the loss leaves: the range test
// on real ranks. lr_curve.h has its arithmetic.

#include <functional>
#include <string>
#include <vector>

#include "distributed/world.h"
#include "trainer/config/config.h"
#include "trainer/loop/lr_curve.h"
#include "trainer/loop/run_data.h"
#include "trainer/loop/trainer.h"

namespace convoy {

struct LrRangeOptions {
  double from = 1e-6;
  double to = 10;
  int steps = 100;  ///< at least 3: fewer have no slope
};

/// What is tested, and where.
struct LrRangeSubject {
  const Config& config;
  const RunData& data;
  World& world;
  Log& log;
  const StartingPoint& start;  ///< its weights count, a checkpoint does not
};

struct LrRange {
  std::vector<LrPoint> points;  ///< the same on every rank
  std::string end;              ///< why there are no more: a clause
  bool stopped = false;         ///< a signal asked for it
  bool left = false;            ///< the loss of the next step was not finite
};

/// Trains with the config's batch, optimizer and augmentation, and a rate of
/// range_rate() in place of its schedule; the trained network is thrown away.
/// Ends early when the smoothed loss has left (LrCurve::diverged), is not
/// finite, or a signal asks to stop, on all ranks in the same step. `say` hears
/// how many steps are done. Collective. Throws AgreedFailure when config,
/// network and weights do not fit each other; what a step throws.
LrRange measure_lr_range(
    const LrRangeOptions& options,
    const LrRangeSubject& subject,
    const std::function<void(int done)>& say);

}  // namespace convoy
