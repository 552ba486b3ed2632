#pragma once
// What connects ranks, measured: the link that makes a ring of them take as
// long as their all-reduces do.

#include <cstdint>
#include <functional>
#include <vector>

#include "distributed/cost_model.h"
#include "distributed/world.h"

namespace convoy {

struct ReduceTiming {
  std::int64_t bytes = 0;
  double seconds = 0;  ///< of an all-reduce, above 0
};

/// Latency and seconds a byte for which ring_all_reduce_s() over `ranks` (at
/// least 2) comes closest to the timings: least squares of the relative errors,
/// so that small messages count as much as large ones; neither is negative.
/// Needs timings of two sizes.
Link fit_link(const std::vector<ReduceTiming>& timings, int ranks);

/// Times all-reduces of 16 KB to 16 MB on `world`'s gradients' communicator, a
/// few of each size (the median counts, on the slowest rank), and fits.
/// `after_size` is called after each size. Collective over at least 2 ranks.
/// Throws PeerLost.
Link probe_link(World& world, const std::function<void()>& after_size);

}  // namespace convoy
