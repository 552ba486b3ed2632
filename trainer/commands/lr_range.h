#pragma once
// convoy train --lr-range: the learning-rate range test in place of a run.

#include "distributed/world.h"
#include "trainer/config/read.h"
#include "trainer/errors.h"
#include "trainer/loop/lr_range.h"
#include "trainer/report/log.h"

namespace convoy {

/// Tests with the run folder locked; prints table and advice on stdout and
/// writes RUN_DIR/lr_range.csv and lr_range.svg, both on rank 0. Nothing else
/// in the folder is touched. `saved_to_requeue` when a signal ended the test.
/// Collective. Throws what a training run throws.
ExitCode test_lr_range(
    const LrRangeOptions& options,
    const LoadedConfig& loaded,
    World& world,
    Log& log);

}  // namespace convoy
