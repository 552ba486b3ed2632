#pragma once
// How many threads a rank computes with.

#include "distributed/world.h"
#include "trainer/config/config.h"

namespace convoy {

/// Threads of a rank's computation: OMP_NUM_THREADS when it is sensible, else
/// as many as the rank has CPUs, but one when ranks share CPUs.
int compute_threads(const World& world);

/// Of its training steps. With virtual ranks the bits must not depend on where
/// a rank runs: OMP_NUM_THREADS, whatever CPUs there are, or one.
int training_threads(const Config& config, const World& world);

}  // namespace convoy
