#pragma once
// What the rounding of a run's sums depends on.

#include <string>

#include "distributed/world.h"
#include "trainer/config/config.h"

namespace convoy {

/// Ranks, threads, processors or GPUs, precision, and how gradients are
/// exchanged, in words: "2 ranks of 1 thread on AMD EPYC 7B13 (AVX2)
/// with LibTorch 2.11.0 in fp32, gradients by shm".
/// Two runs with the same words round alike. `precision` is a resolved one.
/// Collective.
/// With virtual ranks it is they that count, and gradients are added "in
/// order".
std::string describe_arithmetic(
    const DistributedOptions& options,
    Precision precision,
    int threads,
    World& world);

}  // namespace convoy
