#include "trainer/loop/scaling_batches.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>

namespace convoy {

ScalingBatches::ScalingBatches(
    ScalingData kind,
    const StepLoad& load,
    std::int64_t steps,
    const Config& config,
    const RunData& data,
    const World& world)
    : load_(load) {
  kind == ScalingData::synthetic ? make_pictures(config, data.classes, world)
                                 : open_loader(config, data, steps, world);
}

DeviceBatch ScalingBatches::next() {
  return feed_ ? feed_->next().value() : pictures_;
}

void ScalingBatches::make_pictures(
    const Config& config, int classes, const World& world) {
  const ImageShape shape = training_shape(config);
  const auto mine = static_cast<std::int64_t>(
      share_of(
          {0, static_cast<std::uint64_t>(load_.global)},
          static_cast<std::uint64_t>(world.size()),
          static_cast<std::uint64_t>(world.rank()))
          .size());
  const auto on_device = at::TensorOptions().device(world.device());
  pictures_.images = at::full(
                         {mine, shape.channels, shape.height, shape.width},
                         0.5,
                         on_device.dtype(at::kFloat))
                         .contiguous(at::MemoryFormat::ChannelsLast);
  pictures_.samples = at::arange(mine, on_device.dtype(at::kLong));
  pictures_.labels = pictures_.samples.remainder(classes);
}

void ScalingBatches::open_loader(
    const Config& config,
    const RunData& data,
    std::int64_t steps,
    const World& world) {
  auto order = training_order(config, data, load_.global);
  order.tail = Tail::wrap;  // a few pictures must do for any number of steps
  auto options = training_loader_options(config, world, load_.largest_share);
  options.end_batch = static_cast<std::uint64_t>(steps);
  loader_ = std::make_unique<Loader>(
      training_input(config, data, order, world), options);
  feed_ =
      std::make_unique<Feed>(*loader_, training_shape(config), world.device());
}

}  // namespace convoy
