#pragma once
// Where a training run begins: afresh, from weights, or from a checkpoint.

#include <string>

#include "distributed/world.h"
#include "trainer/loop/trainer.h"
#include "trainer/report/log.h"

namespace convoy {

struct ResumeChoice {
  std::string what = "auto";  ///< auto, never or a path
  bool force = false;
};

/// Finds, verifies and distributes what the run begins with. Collective. Throws
/// AgreedFailure: no whole checkpoint, one of another run, weights that can't
/// be read.
StartingPoint find_start(
    const ResumeChoice& choice,
    const Config& config,
    const RunData& data,
    World& world,
    Log& log);

/// "resumed from ... at step 120 of 600 (epoch 5.2); ...".
std::string describe_resumption(
    const StartingPoint& start, const Trainer& trainer, const World& world);

/// The last line of a run.
std::string closing_line(
    const Trainer& trainer, const Config& config, bool stopped);

}  // namespace convoy
