#pragma once
// An update rule whose state is spread over the ranks.

#include <memory>
#include <vector>

#include "distributed/sharded_parameters.h"
#include "distributed/world.h"
#include "trainer/config/config.h"
#include "trainer/loop/optimizer.h"

namespace convoy {

/// make_optimizer() of this rank's shards; of rules that look at one element at
/// a time, so not LARS (throws std::logic_error). step() updates them and
/// leaves the rest of the parameters to ShardedParameters::gather(). state() is
/// collective, of whole tensors, copies, named and ordered as without shards.
/// `shards`, of `parameters` in the same order, outlives it.
std::unique_ptr<Optimizer> make_sharded_optimizer(
    const OptimizerOptions& options,
    std::vector<TrainedParameter> parameters,
    const ShardedParameters& shards);

/// Whether a run updates parameters in parts: as distributed.sharded_optimizer
/// says.
bool shards_optimizer(const Config& config, const World& world);

/// Which sums of gradients a run's ranks get: for the same bits on any number
/// of ranks (virtual ones) always whole in place.
GradientSums sums_of(const Config& config, const World& world);

}  // namespace convoy
