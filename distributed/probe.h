#pragma once
// What an all-reduce costs here, measured.

#include "distributed/communicator.h"
#include "distributed/control.h"
#include "distributed/cost_model.h"

namespace convoy {

/// From all-reduces of 8 KB to 8 MB through `communicator`, the smaller ones
/// alone where these would take more than a quarter of a second. The same on
/// every rank of `control`, whose ranks are the communicator's. Collective.
/// Costs nothing on one rank.
AllReduceCost measure_all_reduce(
    Communicator& communicator, Control& control, c10::Device device);

}  // namespace convoy
