#pragma once
// The ranks' predictions put together.

#include "distributed/control.h"
#include "trainer/evaluation/predictions.h"

namespace convoy {

/// Every rank's samples, by index, on rank 0; none on the others. `mine` may be
/// in any order; `seen` has a value for each sample of the dataset, not 0 where
/// any rank has it, the same on every rank, and `keep` is too. Ranks exchange a
/// megabyte each at a time. Collective.
Predictions gather_predictions(
    Control& control,
    const Predictions& mine,
    Keep keep,
    std::span<const std::int64_t> seen);

}  // namespace convoy
