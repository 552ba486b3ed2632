#include "trainer/commands/start.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "data/errors.h"
#include "trainer/checkpoint/contents.h"
#include "trainer/checkpoint/starting_weights.h"
#include "trainer/config/read.h"
#include "trainer/health/agree.h"
#include "trainer/loop/kernel_choice.h"
#include "trainer/report/lines.h"
#include "trainer/report/progress.h"

namespace convoy {
namespace {

/// The first layer of a checkpoint takes channels in the order of its own run.
void require_order_of_channels(const Config& theirs, const Config& ours) {
  if (ours.data.channels == 3 &&
      theirs.normalize.style != ours.normalize.style) {
    const auto name = [](PixelStyle style) {
      return names(style)[static_cast<std::size_t>(style)];
    };
    throw ConfigError(fmt::format(
        "normalize.style, net.weights: {} is of a run whose pictures came as "
        "normalize.style: {} has them ({}), and this run's are to come as {} "
        "({}); set the section normalize as there",
        ours.net.weights,
        name(theirs.normalize.style),
        theirs.normalize.style == PixelStyle::caffe ? "BGR" : "RGB",
        name(ours.normalize.style),
        ours.normalize.style == PixelStyle::caffe ? "BGR" : "RGB"));
  }
}

/// net.weights, whose pictures must be prepared as this run prepares them; in
/// the order of channels that these will have.
std::vector<NamedTensor> weights_of(const Config& config, Log& log) {
  const bool bgr = config.normalize.style == PixelStyle::caffe;
  StartingWeights weights = read_starting_weights(
      config.net.weights, bgr ? ChannelOrder::bgr : ChannelOrder::rgb);
  const Config of_file =
      weights.config.empty()
          ? config
          : read_config(weights.config, config.net.weights).config;
  const bool theirs = of_file.net.transform_input;
  if (theirs != config.net.transform_input) {
    throw ConfigError(fmt::format(
        "net.transform_input is {} (what ImageNet's weights demand, when it is "
        "not set), and {} was trained with {}: set it to {}",
        config.net.transform_input,
        config.net.weights,
        theirs,
        theirs));
  }
  require_order_of_channels(of_file, config);
  if (bgr && weights.config.empty() &&
      !weights.file.format.starts_with("caffemodel")) {
    log.warn(fmt::format(
        "{} does not say for which order of channels it is, and pictures come "
        "in BGR (normalize.style: caffe); what torchvision or `convoy weights "
        "convert` wrote is for RGB and wants normalize.style: torchvision",
        config.net.weights));
  }
  for (const std::string& line : describe_weights(weights.file)) {
    log.line(config.net.weights + ": " + line);
  }
  return std::move(weights.file.tensors);
}

/// Rank 0's part: the checkpoint to go on from, if any.
std::optional<CheckpointStore::Found> find_checkpoint(
    const ResumeChoice& choice, const Config& config, Log& log) {
  const CheckpointStore store(config.run.dir, config.run.keep);
  if (choice.what == "never") {
    return std::nullopt;
  }
  if (choice.what == "auto") {
    return store.load_newest([&](const std::string& s) { log.warn(s); });
  }
  std::error_code error;
  if (!std::filesystem::exists(choice.what, error) && !error) {
    throw MissingInput(fmt::format(
        "there is no checkpoint {}; --resume wants auto, never, or the path of "
        "a checkpoint",
        std::filesystem::absolute(choice.what).string()));
  }
  return CheckpointStore::Found{choice.what, read_tensor_file(choice.what)};
}

/// Whether the mean picture of the checkpoint, if any, is this one.
bool has_mean(const TensorFile& file, const Normalization& normalization) {
  TensorFile ours;
  add_mean(normalization, ours);
  const auto theirs = with_prefix(file, "normalize.");
  return theirs.size() == ours.tensors.size() &&
         (theirs.empty() || (theirs[0].tensor.scalar_type() == at::kFloat &&
                             theirs[0].tensor.equal(ours.tensors[0].tensor)));
}

/// Whether the checkpoint is of a run with other settings, which was insisted
/// on.
bool is_forced(
    const ResumeChoice& choice,
    const std::vector<std::string>& different,
    const std::string& source,
    Log& log) {
  if (different.empty()) {
    return false;
  }
  if (choice.force) {
    for (const std::string& line : different) {
      log.warn("--force-resume ignores: " + line);
    }
    return true;
  }
  throw ConfigError(fmt::format(
      "{} belongs to a run with other settings: {}. Restore them, choose "
      "another run.dir, start afresh with --resume never (nothing is deleted), "
      "or insist with --force-resume",
      source,
      fmt::join(different, "; ")));
}

}  // namespace

StartingPoint find_start(
    const ResumeChoice& choice,
    const Config& config,
    const RunData& data,
    World& world,
    Log& log) {
  StartingPoint start;
  std::optional<TensorFile> file;
  agreed(world.control(), world.host(), [&] {
    if (world.rank() != 0) {
      return;
    }
    if (auto found = find_checkpoint(choice, config, log)) {
      start.source = found->path.string();
      file = std::move(found->file);
      auto different = differences(
          facts_of_checkpoint(*file, start.source),
          config,
          batch_sizes(config.batch, sharing_ranks(config, world.size())).global,
          {data.train.facts.fingerprint, data.val.facts.fingerprint});
      if (!has_mean(*file, *data.normalization)) {
        different.emplace_back(
            "normalize.mean_file: another picture than in the checkpoint");
      }
      start.forced = is_forced(choice, different, start.source, log);
    } else if (!config.net.weights.empty()) {
      start.source = config.net.weights;
      start.weights = weights_of(config, log);
    }
  });
  start.source = world.control().broadcast(start.source, 0);
  if (world.control().broadcast(file ? "checkpoint" : "", 0) == "checkpoint") {
    start.checkpoint = broadcast_file(file, world);
  }
  return start;
}

std::string describe_resumption(
    const StartingPoint& start, const Trainer& trainer, const World& world) {
  const CheckpointFacts then =
      facts_of_checkpoint(*start.checkpoint, start.source);
  const std::string now = trainer.arithmetic();
  const double epochs = static_cast<double>(trainer.state().step) /
                        static_cast<double>(trainer.length().steps_per_epoch);
  const std::string same_ranks =
      repeats_bit_by_bit(world.device())
          ? "the run continues bit by bit as if it had not been interrupted"
          : "samples and their draws stay the same; a GPU's sums may be "
            "rounded "
            "differently unless run.deterministic is true";
  return fmt::format(
      "resumed from {} at step {} of {} (epoch {:.2f}); {}",
      start.source,
      trainer.state().step,
      trainer.length().total_steps,
      epochs,
      start.forced ? "it goes on with other settings than it began with"
      : then.arithmetic == now
          ? same_ranks
          : fmt::format(
                "it was saved by {}, and this is {}: samples and their draws "
                "stay the same, sums are rounded differently",
                then.arithmetic,
                now));
}

std::string closing_line(
    const Trainer& trainer, const Config& config, bool stopped) {
  const TrainState& state = trainer.state();
  if (stopped) {
    return fmt::format(
        "stopped on request after step {} of {}; saved in {}/checkpoints. The "
        "same command goes on from here",
        state.step,
        trainer.length().total_steps,
        config.run.dir);
  }
  std::string line = fmt::format(
      "done: {} steps in {}{}",
      state.step,
      format_duration(state.seconds),
      state.gave_up ? fmt::format(
                          " (no better evaluation in run.patience_epochs: {})",
                          config.run.patience_epochs)
                    : "");
  if (state.best_top1 >= 0) {
    line +=
        config.run.best_by == BestBy::top1
            ? fmt::format(
                  "; best Acc@1 {:.3f} at step {}",
                  state.best_top1,
                  state.best_step)
            : fmt::format(
                  "; best {} at step {}: Acc@1 {:.3f} Acc@5 {:.3f} loss "
                  "{:.4f}{}",
                  names(BestBy{})[static_cast<std::size_t>(config.run.best_by)],
                  state.best_step,
                  state.best_top1,
                  state.best_top5,
                  state.best_loss,
                  macro_figure(state.best_macro, config.run.best_by));
  }
  return line + fmt::format("; checkpoints in {}/checkpoints", config.run.dir);
}

}  // namespace convoy
