// What a trainer trains on: pictures from a loader, or what the frozen part of
// the network made of them.

#include <fmt/format.h>

#include "trainer/health/agree.h"
#include "trainer/health/memory.h"
#include "trainer/loop/out_of_memory.h"
#include "trainer/loop/threads.h"
#include "trainer/loop/trainer.h"
#include "trainer/loop/training_parts.h"

namespace convoy {

std::unique_ptr<BatchFeed> Trainer::open_feed(std::unique_ptr<Loader>& loader) {
  keep_features();
  const LoaderInput input = training_input(config_, data_, order_, world_);
  const LoaderOptions options = loader_options();
  if (features_) {
    return std::make_unique<FeatureFeed>(
        *features_, input.source, options.first_batch, options.end_batch);
  }
  agreed(world_.control(), world_.host(), [&] {
    require_loader_memory(options, available_memory() / world_.local_size());
  });
  loader = std::make_unique<Loader>(input, options);
  return std::make_unique<Feed>(
      *loader, training_shape(config_), world_.device());
}

void Trainer::keep_features() {
  const FeaturePlan plan =
      plan_features(config_, data_, model_, world_.size(), length_);
  if (!plan.note.empty()) {
    log_.line(plan.note);
  }
  if (plan.val) {
    val_blocks_.emplace();
  }
  if (!plan.train) {
    return;
  }
  const auto start = std::chrono::steady_clock::now();
  Progress progress(
      log_,
      "computing features",
      (data_.train.size() + world_.size() - 1) / world_.size());
  features_ = Features::compute(
      {*data_.train.dataset,
       training_transform(
           config_.augment, config_.run.seed, data_.normalization),
       training_shape(config_),
       config_.eval.block,
       workers_,
       compute_threads(world_),
       config_.data.on_bad_sample == OnBadSample::skip ? BadSamples::blank
                                                       : BadSamples::stop},
      model_,
      precision_,
      world_,
      [&](std::int64_t done) { progress.update(done); });
  const std::chrono::duration<double> spent =
      std::chrono::steady_clock::now() - start;
  log_.line(
      features_
          ? fmt::format(
                "that took {:.1f} s for the training pictures", spent.count())
          : "damaged records among the training pictures, for which others are "
            "drawn: it is computed at every step after all");
}

LoaderOptions Trainer::loader_options() const {
  auto options = training_loader_options(config_, world_, batch_.largest_share);
  options.first_batch = static_cast<std::uint64_t>(state_.step);
  options.end_batch = static_cast<std::uint64_t>(length_.total_steps);
  return options;
}

/// Behind the step that used it, so that no phase's time has it in it. Features
/// are no pictures.
void Trainer::show_first_batch(const DeviceBatch& batch) {
  if (board_ && board_->wants_batch() && !batch.are_features) {
    interval_.pause();
    board_->add_first_batch(batch.images, *data_.normalization, state_.step);
    interval_.resume();
  }
}

}  // namespace convoy
