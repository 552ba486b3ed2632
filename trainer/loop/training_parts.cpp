#include "trainer/loop/training_parts.h"

#include <optional>
#include <utility>

#include "data/loader/transform.h"
#include "distributed/device.h"
#include "trainer/config/batch_sizes.h"
#include "trainer/health/agree.h"
#include "trainer/loop/class_weights.h"
#include "trainer/loop/trainer.h"

namespace convoy {
namespace {

std::optional<Mixing> training_mixing(
    const Config& config, const TrainingOrder& order) {
  if (!mixes(config.augment)) {
    return std::nullopt;
  }
  return Mixing{
      Mixer(
          config.augment,
          {config.augment.crop_px, config.data.channels},
          config.run.seed),
      partner_source(order)};
}

}  // namespace

Model build_model(const Config& config, const RunData& data, World& world) {
  std::optional<Model> model;
  agreed(world.control(), world.host(), [&] {
    model.emplace(ModelOptions{
        config.net.name,
        {.classes = data.classes,
         .channels = config.data.channels,
         .dropout = config.net.dropout,
         .stochastic_depth = config.net.stochastic_depth,
         .seed = config.run.seed,
         .transform_input = config.net.transform_input,
         .values = own_values(config.extensions, config.net.name)},
        config.fine_tune,
        world.device(),
        config.net.channels_last});
  });
  return std::move(*model);
}

Model& load_weights(
    Model& model,
    const Config& config,
    const StartingPoint& start,
    World& world,
    Log& log) {
  agreed(world.control(), world.host(), [&] {
    if (!start.weights) {
      return;
    }
    const Match match = model.load(
        *start.weights,
        {.reset_head = true, .allowed = config.net.allow},
        start.source);
    log.line("weights from " + start.source + "\n" + describe_match(match));
  });
  return model;
}

at::Tensor class_weights(const Config& config, const RunData& data) {
  return config.loss.class_weights == ClassWeights::balanced
             ? balanced_class_weights(
                   data.train.facts.label_counts, data.classes)
             : at::Tensor();
}

TrainingOrder training_order(
    const Config& config, const RunData& data, std::int64_t global_batch) {
  return {
      static_cast<std::uint64_t>(data.train.size()),
      static_cast<std::uint64_t>(global_batch),
      config.data.tail,
      config.run.seed,
      static_cast<std::uint64_t>(config.data.repeat_augment),
      data.class_turns};
}

int loader_workers(const Config& config, const World& world) {
  return config.data.workers > 0 ? config.data.workers
                                 : static_cast<int>(world.cpus().size());
}

RankPlace place_of(const Config& config, const World& world) {
  return {
      static_cast<std::uint64_t>(world.size()),
      static_cast<std::uint64_t>(world.rank()),
      static_cast<std::uint64_t>(sharing_ranks(config, world.size()))};
}

LoaderOptions training_loader_options(
    const Config& config, const World& world, std::int64_t largest_share) {
  LoaderOptions options;
  options.workers = loader_workers(config, world);
  options.ring_batches =
      static_cast<std::size_t>(config.data.prefetch_batches) + 1;
  options.batch_capacity = static_cast<std::size_t>(
      largest_share * (sharing_ranks(config, world.size()) / world.size()));
  options.sample_values =
      static_cast<std::size_t>(training_shape(config).values());
  options.bad_samples = config.data.on_bad_sample == OnBadSample::skip
                            ? BadSamples::replace
                            : BadSamples::stop;
  options.seed = config.run.seed;
  options.allocate = slot_memory(world.device());
  options.on_thread_start = [device = world.device()](int) {
    set_device(device);
  };
  return options;
}

LoaderInput training_input(
    const Config& config,
    const RunData& data,
    const TrainingOrder& order,
    const World& world) {
  return {
      *data.train.dataset,
      training_transform(
          config.augment,
          config.run.seed,
          data.normalization,
          config.extensions.augmentations),
      training_source(
          order, shares_of_rank(order.global_batch, place_of(config, world))),
      training_mixing(config, order)};
}

ImageShape training_shape(const Config& config) {
  return {config.data.channels, config.augment.crop_px, config.augment.crop_px};
}

}  // namespace convoy
