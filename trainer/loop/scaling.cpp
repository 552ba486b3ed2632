#include "trainer/loop/scaling.h"

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include "trainer/config/batch_sizes.h"
#include "trainer/loop/feed.h"
#include "trainer/loop/model.h"
#include "trainer/loop/train_step.h"
#include "trainer/loop/trainer.h"

namespace convoy {
namespace {

/// Training as it would run on one world, ready to take steps.
class Rig {
 public:
  Rig(const ScalingOptions& options,
      const Config& config,
      const RunData& data,
      World& world,
      std::int64_t share)
      : options_(options),
        config_(config),
        world_(world),
        share_(share),
        precision_(resolve_precision(config.precision, world.device())),
        model_(ModelOptions{
            config.net.name,
            {.classes = data.classes,
             .channels = config.data.channels,
             .dropout = config.net.dropout,
             .seed = config.run.seed},
            config.fine_tune,
            world.device(),
            config.net.channels_last}),
        step_(config, precision_, model_, world),
        clock_(make_phase_clock(world.device())) {
    options_.synthetic ? make_pictures(data.classes) : open_loader(data);
  }

  /// Images a second of one repeat, over all ranks of the world.
  double measure() {
    for (int i = 0; i < options_.warmup; ++i) {
      take_step();
    }
    finish_work();
    clock_->take();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < options_.steps; ++i) {
      take_step();
    }
    finish_work();
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    add_phases();
    return static_cast<double>(share_ * world_.size() * options_.steps) /
           seconds;
  }

  /// Seconds of a step by phase, mean over this world's ranks and all repeats.
  PhaseSeconds phases() {
    PhaseSeconds mean = phases_;
    world_.control().all_reduce(std::span(mean));
    for (double& phase : mean) {
      phase /= static_cast<double>(timed_steps_) * world_.size();
    }
    return mean;
  }

 private:
  void make_pictures(int classes) {
    const std::int64_t px = config_.augment.crop_px;
    const auto on_device = at::TensorOptions().device(world_.device());
    pictures_.images = at::empty(
                           {share_, config_.data.channels, px, px},
                           on_device.dtype(at::kFloat)
                               .memory_format(at::MemoryFormat::ChannelsLast))
                           .fill_(0.5);
    pictures_.labels =
        at::arange(share_, on_device.dtype(at::kLong)).remainder_(classes);
    pictures_.samples = at::arange(share_, on_device.dtype(at::kLong));
  }

  void open_loader(const RunData& data) {
    const auto px = static_cast<std::size_t>(config_.augment.crop_px);
    const auto ranks = static_cast<std::uint64_t>(world_.size());
    const TrainingOrder order{
        static_cast<std::uint64_t>(data.train.size()),
        static_cast<std::uint64_t>(share_) * ranks,
        Tail::wrap,
        config_.run.seed};
    LoaderOptions options;
    options.workers = config_.data.workers > 0
                          ? config_.data.workers
                          : static_cast<int>(world_.cpus().size());
    options.ring_batches =
        static_cast<std::size_t>(config_.data.prefetch_batches) + 1;
    options.batch_capacity = static_cast<std::size_t>(share_);
    options.sample_values =
        px * px * static_cast<std::size_t>(config_.data.channels);
    options.end_batch = static_cast<std::uint64_t>(
        (options_.steps + options_.warmup) * options_.repeats);
    options.allocate = slot_memory(world_.device());
    loader_ = std::make_unique<Loader>(
        LoaderInput{
            *data.train.dataset,
            training_transform(
                config_.augment, config_.run.seed, data.normalization),
            training_source(
                order,
                {share_of(
                    {0, order.global_batch},
                    ranks,
                    static_cast<std::uint64_t>(world_.rank()))})},
        options);
    feed_ = std::make_unique<Feed>(
        *loader_,
        ImageShape{
            config_.data.channels,
            static_cast<std::int64_t>(px),
            static_cast<std::int64_t>(px)},
        world_.device());
  }

  void take_step() {
    clock_->begin(Phase::data);
    const DeviceBatch batch = feed_ ? feed_->next().value() : pictures_;
    step_.run(
        batch,
        {.step = steps_++, .global_batch = share_ * world_.size(), .lr = 1e-3},
        *clock_);
  }

  /// Every rank is here, and a GPU has done what it was given.
  void finish_work() { world_.gradients().barrier(); }

  void add_phases() {
    const PhaseSeconds seconds = clock_->take();
    for (std::size_t p = 0; p < seconds.size(); ++p) {
      phases_[p] += seconds[p];
    }
    timed_steps_ += options_.steps;
  }

  const ScalingOptions& options_;
  const Config& config_;
  World& world_;
  std::int64_t share_;
  Precision precision_;
  Model model_;
  TrainStep step_;
  std::unique_ptr<PhaseClock> clock_;
  DeviceBatch pictures_;
  std::unique_ptr<Loader> loader_;
  std::unique_ptr<Feed> feed_;
  std::int64_t steps_ = 0;
  PhaseSeconds phases_{};
  std::int64_t timed_steps_ = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle]
                                : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

std::vector<ScalingRow> measure_scaling(
    const ScalingOptions& options,
    const Config& config,
    const RunData& data,
    MpiSession& session,
    World& world,
    const std::function<void(int done, int all)>& say) {
  at::set_num_threads(compute_threads(world));
  const std::int64_t share =
      batch_sizes(config.batch, world.size()).largest_share;
  std::vector<std::unique_ptr<World>> worlds;
  std::vector<std::unique_ptr<Rig>> rigs;
  for (const int ranks : options.ranks) {
    worlds.push_back(std::make_unique<World>(session, world, ranks));
    rigs.push_back(
        worlds.back()->contains()
            ? std::make_unique<Rig>(
                  options, config, data, *worlds.back(), share)
            : nullptr);
  }
  std::vector<std::vector<double>> rates(options.ranks.size());
  const int all = options.repeats * static_cast<int>(options.ranks.size());
  int done = 0;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    for (std::size_t i = 0; i < rigs.size(); ++i) {
      if (rigs[i]) {
        rates[i].push_back(rigs[i]->measure());
      }
      // Ranks that took no part wait here, asleep.
      world.control().barrier();
      say(++done, all);
    }
  }
  std::vector<ScalingRow> rows;
  for (std::size_t i = 0; i < rigs.size(); ++i) {
    ScalingRow row;
    row.ranks = options.ranks[i];
    if (rigs[i]) {
      row.phases = rigs[i]->phases();
      row.images_per_second = median(rates[i]);
      row.least = *std::min_element(rates[i].begin(), rates[i].end());
      row.most = *std::max_element(rates[i].begin(), rates[i].end());
    }
    world.control().barrier();
    const double one = rows.empty() ? row.images_per_second / row.ranks
                                    : rows[0].images_per_second / rows[0].ranks;
    row.speedup = one > 0 ? row.images_per_second / one : 0;
    row.efficiency = row.speedup / row.ranks;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace convoy
