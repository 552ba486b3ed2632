#include "trainer/report/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "distributed/affinity.h"
#include "trainer/config/batch_sizes.h"
#include "trainer/health/cpu.h"
#include "trainer/loop/sharded_optimizer.h"
#include "trainer/loop/threads.h"
#include "trainer/report/trained.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

template <class E>
std::string word(E value) {
  return std::string(names(E{})[static_cast<std::size_t>(value)]);
}

std::string describe_source(const DataSource& source) {
  const DatasetFacts& f = source.facts;
  return fmt::format(
      "{} ({} pictures, {}, fingerprint {})",
      source.dataset->database().path(),
      f.records,
      f.width.min == f.width.max && f.height.min == f.height.max
          ? fmt::format("{} x {}", f.width.max, f.height.max)
          : fmt::format(
                "{} x {} to {} x {}",
                f.width.min,
                f.height.min,
                f.width.max,
                f.height.max),
      f.fingerprint);
}

std::string describe_sampling(const DataOptions& options, const RunData& data) {
  std::string text = word(options.sampling);
  if (data.class_turns) {
    text += fmt::format(
        ", each of {} classes {:.6g} times an epoch",
        data.class_turns->classes(),
        static_cast<double>(data.train.size()) /
            static_cast<double>(data.class_turns->classes()));
  }
  if (options.repeat_augment > 1) {
    text += fmt::format(", each picture {} times", options.repeat_augment);
  }
  return text;
}

/// `virtual_ranks`: 0 without.
std::string describe_batch(
    const BatchPlanSizes& b, int virtual_ranks, int world_size) {
  const std::string share =
      b.smallest_share == b.largest_share
          ? std::to_string(b.largest_share)
          : fmt::format("{} or {}", b.smallest_share, b.largest_share);
  const auto parts = micro_batches(b.largest_share, b.micro);
  const int ranks = virtual_ranks > 0 ? virtual_ranks : world_size;
  return fmt::format(
      "global {} = {} {}rank{} x {}{}{}",
      b.global,
      ranks,
      virtual_ranks > 0 ? "virtual " : "",
      ranks == 1 ? "" : "s",
      share,
      parts > 1 ? fmt::format(", in {} micro-batches", parts) : "",
      virtual_ranks > 0
          ? fmt::format(", {} on each rank", virtual_ranks / world_size)
          : "");
}

std::string describe_precision(
    Precision resolved, Precision wanted, const World& world) {
  std::string text = word(resolved);
  if (wanted == Precision::automatic) {
    text += resolved == Precision::fp32
                ? fmt::format(
                      " (auto: this {} does not compute bf16)",
                      world.device().is_cuda() ? "GPU" : "processor")
                : " (auto)";
  } else if (resolved == Precision::bf16 && !has_fast_bf16(world.device())) {
    text += " (emulated here, many times slower than fp32)";
  }
  return text;
}

std::string describe_schedule(const Config& c, const RunLength& length) {
  const std::int64_t warmup = warmup_steps(c.schedule, length);
  return fmt::format(
      "{}{}",
      word(c.schedule.name),
      warmup > 0 ? fmt::format(", {} steps of warm-up", warmup) : "");
}

/// What is trained now, and what will be.
std::string describe_training(const Config& c, const Model& model) {
  std::string text = describe_trained(model);
  if (!c.fine_tune.unfreeze.empty()) {
    text += fmt::format(
        "; more after so many epochs: {}",
        fmt::join(c.fine_tune.unfreeze, ", "));
  }
  return text;
}

}  // namespace

std::string describe_ranks(const World& world) {
  std::string text;
  for (int r = 0; r < world.size();) {
    int end = r;
    while (end < world.size() && world.hosts()[end] == world.hosts()[r]) {
      ++end;
    }
    text += fmt::format(
        "{}{} on {}", text.empty() ? "" : ", ", end - r, world.hosts()[r]);
    r = end;
  }
  return fmt::format(
      "{} ({}, gradients over {})",
      text,
      world.device().is_cuda() ? "one GPU each" : cpu_name(),
      world.backend_name());
}

std::string describe_rate(
    const OptimizerOptions& options, std::int64_t global_batch) {
  if (options.lr_scaling == LrScaling::none) {
    return fmt::format("{} (as given, no scaling)", options.lr);
  }
  const bool root = options.lr_scaling == LrScaling::sqrt;
  return fmt::format(
      "{:.6g} = {} x {}({} / {}), {} scaling",
      peak_lr(options, global_batch),
      options.lr,
      root ? "sqrt" : "",
      global_batch,
      options.lr_batch,
      word(options.lr_scaling));
}

Settings resolved_settings(
    const Config& c,
    const RunData& data,
    const World& world,
    const Trainer& trainer) {
  const BatchPlanSizes& batch = trainer.batch();
  const RunLength& length = trainer.length();
  return {
      {"program", version_line()},
      {"run folder", c.run.dir},
      {"ranks", describe_ranks(world)},
      {"cpus",
       fmt::format(
           "{} for rank 0 ({}), {} compute threads",
           world.cpus().size(),
           describe_cpus(world.cpus()),
           training_threads(c, world))},
      {"network",
       fmt::format(
           "{}, {} classes, {} px, {}",
           c.net.name,
           data.classes,
           c.augment.crop_px,
           c.net.channels_last ? "channels-last" : "channels-first")},
      {"weights", c.net.weights.empty() ? "from scratch" : c.net.weights},
      {"trained", describe_training(c, trainer.model())},
      {"training data", describe_source(data.train)},
      {"validation data",
       data.val.dataset ? describe_source(data.val) : "none"},
      {"sampling", describe_sampling(c.data, data)},
      {"batch",
       describe_batch(batch, c.distributed.virtual_ranks, world.size())},
      {"length",
       fmt::format(
           "{} steps = {:.6g} epochs of {}",
           length.total_steps,
           static_cast<double>(length.total_steps) /
               static_cast<double>(length.steps_per_epoch),
           length.steps_per_epoch)},
      {"optimizer",
       fmt::format(
           "{}, weight decay {}{}{}",
           word(c.optimizer.name),
           c.optimizer.weight_decay,
           c.optimizer.decay_norm_and_bias ? "" : " (not on norms and biases)",
           shards_optimizer(c, world) ? ", each rank updates its part" : "")},
      {"learning rate", describe_rate(c.optimizer, batch.global)},
      {"schedule", describe_schedule(c, length)},
      {"precision",
       describe_precision(trainer.precision(), c.precision, world)},
      {"seed", std::to_string(c.run.seed)},
  };
}

std::string format_settings(const Settings& settings) {
  std::size_t width = 0;
  for (const auto& [name, value] : settings) {
    width = std::max(width, name.size());
  }
  std::string text;
  for (const auto& [name, value] : settings) {
    text += fmt::format(
        "{}  {:<{}}  {}", text.empty() ? "" : "\n", name, width, value);
  }
  return text;
}

}  // namespace convoy
