#include "trainer/loop/scaling_rig.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>

#include <chrono>
#include <exception>
#include <utility>

#include "trainer/loop/out_of_memory.h"
#include "trainer/loop/precision.h"
#include "trainer/loop/training_parts.h"

namespace convoy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kLearningRate = 1e-3;  // any at which nothing diverges

}  // namespace

RankLoad rank_load(const Config& config, int world_size) {
  const BatchPlanSizes sizes = batch_sizes(config.batch, world_size);
  return {sizes.largest_share, sizes.micro};
}

ScalingRig::ScalingRig(
    const ScalingOptions& options,
    const ScalingSubject& subject,
    World& world,
    Model model)
    : options_(options),
      world_(world),
      load_(rank_load(subject.config, subject.world.size())),
      model_(std::move(model)),
      step_(
          subject.config,
          resolve_precision(subject.config.precision, world.device()),
          model_,
          world),
      clock_(make_phase_clock(world.device())) {
  options_.synthetic ? make_pictures(subject) : open_loader(subject);
}

double ScalingRig::measure(const std::function<void()>& after_step) {
  for (int i = 0; i < options_.warmup; ++i) {
    take_step();
    after_step();
  }
  finish_work();
  clock_->take();
  const auto start = Clock::now();
  for (int i = 0; i < options_.steps; ++i) {
    take_step();
    after_step();
  }
  finish_work();
  const std::chrono::duration<double> seconds = Clock::now() - start;
  add_phases();
  return static_cast<double>(load_.share * world_.size() * options_.steps) /
         seconds.count();
}

PhaseSeconds ScalingRig::phases() {
  PhaseSeconds mean = phases_;
  world_.control().all_reduce(std::span(mean));
  for (double& phase : mean) {
    phase /= static_cast<double>(timed_steps_) * world_.size();
  }
  return mean;
}

StepProfile ScalingRig::profile(const PhaseSeconds& phases) const {
  StepProfile result = step_.profile();
  const auto of = [&](Phase phase) {
    return phases[static_cast<std::size_t>(phase)];
  };
  result.step_s = of(Phase::data) + of(Phase::compute) + of(Phase::optimizer);
  // The host's clock says in what share of a micro-batch, on a GPU too, whose
  // own time is in the phases.
  const auto parts = load_.micro > 0 ? micro_batches(load_.share, load_.micro)
                                     : std::int64_t{1};
  const double scale =
      of(Phase::compute) / static_cast<double>(parts) / result.backward_end_s;
  result.backward_end_s *= scale;
  for (BucketArrival& bucket : result.buckets) {
    bucket.ready_s *= scale;
  }
  return result;
}

void ScalingRig::make_pictures(const ScalingSubject& subject) {
  const ImageShape shape = training_shape(subject.config);
  const auto on_device = at::TensorOptions().device(world_.device());
  pictures_.images =
      at::full(
          {load_.share, shape.channels, shape.height, shape.width},
          0.5,
          on_device.dtype(at::kFloat))
          .contiguous(at::MemoryFormat::ChannelsLast);
  pictures_.samples = at::arange(load_.share, on_device.dtype(at::kLong));
  pictures_.labels = pictures_.samples.remainder(subject.data.classes);
}

void ScalingRig::open_loader(const ScalingSubject& subject) {
  auto order =
      training_order(subject.config, subject.data, load_.share * world_.size());
  order.tail = Tail::wrap;  // a few pictures must do for any number of steps
  auto options = training_loader_options(subject.config, world_, load_.share);
  options.end_batch = (static_cast<std::uint64_t>(options_.steps) +
                       static_cast<std::uint64_t>(options_.warmup)) *
                      static_cast<std::uint64_t>(options_.repeats);
  loader_ = std::make_unique<Loader>(
      training_input(subject.config, subject.data, order, world_), options);
  feed_ = std::make_unique<Feed>(
      *loader_, training_shape(subject.config), world_.device());
}

void ScalingRig::take_step() {
  clock_->begin(Phase::data);
  const DeviceBatch batch = feed_ ? feed_->next().value() : pictures_;
  const StepInput input{
      .step = steps_++,
      .global_batch = load_.share * world_.size(),
      .lr = kLearningRate};
  try {
    step_.run(batch, input, *clock_);
  } catch (...) {
    rethrow_with_advice(
        {std::current_exception(), load_.micro, model_.facts().batch_norm},
        step_,
        batch);
  }
}

/// Every rank is here, and a GPU has done what it was given.
void ScalingRig::finish_work() {
  world_.gradients().barrier();
}

void ScalingRig::add_phases() {
  const PhaseSeconds seconds = clock_->take();
  for (std::size_t p = 0; p < seconds.size(); ++p) {
    phases_[p] += seconds[p];
  }
  timed_steps_ += options_.steps;
}

}  // namespace convoy
