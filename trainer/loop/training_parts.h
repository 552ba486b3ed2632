#pragma once
// What training is put together from: the same for a run and for a measurement
// of its speed.

#include <ATen/core/Tensor.h>

#include "data/loader/batches.h"
#include "data/loader/loader.h"
#include "distributed/world.h"
#include "trainer/config/config.h"
#include "trainer/loop/feed.h"
#include "trainer/loop/model.h"
#include "trainer/loop/run_data.h"

namespace convoy {

/// The network of the config on this rank's device. Every rank builds the same,
/// so what is wrong is told once. Collective. Throws AgreedFailure.
Model build_model(const Config& config, const RunData& data, World& world);

struct StartingPoint;

/// Puts the starting weights, if any, in place on rank 0, from where a
/// TrainStep broadcasts them, and passes the model through. Collective. Throws
/// AgreedFailure when they do not fit.
Model& load_weights(
    Model& model,
    const Config& config,
    const StartingPoint& start,
    World& world,
    Log& log);

/// How the classes count in the loss, as a TrainStep takes it.
at::Tensor class_weights(const Config& config, const RunData& data);

/// The order of the training samples in steps of `global_batch`.
TrainingOrder training_order(
    const Config& config, const RunData& data, std::int64_t global_batch);

/// Loader threads of a rank: as the config says, else one for each of its CPUs.
int loader_workers(const Config& config, const World& world);

/// What of each global batch this rank trains on.
RankPlace place_of(const Config& config, const World& world);

/// How a rank loads its shares, of at most `largest_share` samples each;
/// first_batch and end_batch are left to the caller.
LoaderOptions training_loader_options(
    const Config& config, const World& world, std::int64_t largest_share);

/// This rank's part of each step of `order`, augmented. `data` outlives it.
LoaderInput training_input(
    const Config& config,
    const RunData& data,
    const TrainingOrder& order,
    const World& world);

/// Size of a training picture.
ImageShape training_shape(const Config& config);

}  // namespace convoy
