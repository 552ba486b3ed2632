#include "trainer/loop/trainer.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>

#include "distributed/affinity.h"
#include "distributed/replicate.h"
#include "nets/registry.h"
#include "trainer/config/read.h"
#include "trainer/config/write.h"
#include "trainer/health/agree.h"
#include "trainer/health/signals.h"
#include "trainer/loop/arithmetic.h"
#include "trainer/loop/out_of_memory.h"
#include "trainer/loop/threads.h"
#include "trainer/loop/training_parts.h"
#include "trainer/report/baseline.h"
#include "trainer/report/trained.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

RunLength run_length(const Config& config, const TrainingOrder& order) {
  const auto per_epoch = static_cast<std::int64_t>(order.steps_per_epoch());
  return {
      per_epoch,
      config.run.iterations > 0 ? config.run.iterations
                                : per_epoch * config.run.epochs};
}

/// With a batch that a checkpoint names, whatever that says.
std::int64_t steps_per_epoch(
    const Config& config, const RunData& data, std::int64_t global_batch) {
  const TrainingOrder order =
      training_order(config, data, std::max(std::int64_t{1}, global_batch));
  return std::max(
      std::int64_t{1}, static_cast<std::int64_t>(order.steps_per_epoch()));
}

/// Refuses a checkpoint of a longer run.
void require_within(
    const TrainState& state,
    const RunLength& length,
    const std::string& source) {
  if (state.step > length.total_steps) {
    throw ConfigError(fmt::format(
        "{} is of step {}, and the run has {}: raise run.epochs or "
        "run.iterations, or start afresh with --resume never (nothing is "
        "deleted)",
        source,
        state.step,
        length.total_steps));
  }
}

}  // namespace

Trainer::Trainer(
    const Config& config,
    const RunData& data,
    World& world,
    Log& log,
    const StartingPoint& start)
    : config_(config),
      data_(data),
      world_(world),
      log_(log),
      batch_(batch_sizes(config.batch, sharing_ranks(config, world.size()))),
      order_(training_order(config, data, batch_.global)),
      length_(run_length(config, order_)),
      peak_lr_(peak_lr(config.optimizer, batch_.global)),
      precision_(resolve_precision(config.precision, world.device())),
      threads_(training_threads(config, world)),
      workers_(loader_workers(config, world)),
      arithmetic_(
          describe_arithmetic(config.distributed, precision_, threads_, world)),
      model_(build_model(config, data, world)),
      step_(
          config,
          precision_,
          load_weights(model_, config, start, world, log),
          world,
          class_weights(config, data)),
      store_(config.run.dir, config.run.keep),
      clock_(make_phase_clock(world.device())),
      readback_(world.device()),
      same_scores_(sharing_ranks(config, world.size())) {
  at::set_num_threads(threads_);
  state_.loss_scale = LossScale::for_precision(precision_);
  agreed(world.control(), world.host(), [&] {
    if (start.checkpoint) {
      const CheckpointFacts facts =
          facts_of_checkpoint(*start.checkpoint, start.source);
      state_ = facts.state;
      require_within(state_, length_, start.source);
      forget_best_of_another_kind(facts, start.source);
      // A checkpoint at the end of an epoch is of what was trained in it; an
      // epoch of its own batch, which may have been another.
      if (model_.train_after(
              (state_.step - 1) /
              steps_per_epoch(config, data, facts.global_batch))) {
        step_.train_more();
      }
      step_.adopt_buckets(facts.gradient_order, facts.bucket_mb);
      const std::vector<NamedTensor> state = step_.state();
      restore_tensors(state, *start.checkpoint, start.source);
      step_.load(state);
      // With more patience a run that has ended goes on.
      state_.gave_up = state_.gave_up && is_hopeless();
    }
    if (!config.run.baseline.empty()) {
      baseline_ = read_baseline(config.run.baseline);
    }
  });
  seconds_before_ = state_.seconds;
  verify_replicas();
}

void Trainer::forget_best_of_another_kind(
    const CheckpointFacts& facts, const std::string& source) {
  const BestBy by = read_config(facts.config, source).config.run.best_by;
  const bool other_data = facts.val_fingerprint != data_.val.facts.fingerprint;
  if (state_.best_top1 < 0 || (by == config_.run.best_by && !other_data)) {
    return;
  }
  state_.forget_best();
  log_.line(fmt::format(
      "{} is another than in the checkpoint: the best so far is forgotten",
      other_data ? "data.val" : "run.best_by"));
}

ExitCode Trainer::run() {
  started_ = std::chrono::steady_clock::now();
  if (world_.rank() == 0) {
    records_ = std::make_unique<Records>(config_.run.dir, state_.step);
    if (config_.run.tensorboard) {
      board_ = std::make_unique<TensorBoard>(
          config_.run.dir, world_.host(), state_.step, log_);
    }
  }
  std::unique_ptr<Loader> loader;
  const std::unique_ptr<BatchFeed> feed = open_feed(loader);
  progress_.emplace(log_, "training", length_.total_steps, state_.step);
  interval_ = Interval();

  while (!is_over() && !stop_) {
    if (at_epoch_end()) {
      unfreeze();
    }
    take_step(*feed);
    if (state_.step % config_.run.log_every == 0) {
      log_interval(*feed);
    }
    if (at_epoch_end() || state_.step == length_.total_steps) {
      end_epoch(*feed);
    } else if (step_checkpoint_due()) {
      save(/*best=*/false, /*last=*/false);
    }
  }
  if (loader) {
    report_bad_samples(*loader);
  }
  if (is_over()) {
    return ExitCode::done;
  }
  settle();
  save(/*best=*/false, /*last=*/true);
  return ExitCode::saved_to_requeue;
}

void Trainer::unfreeze() {
  const auto epochs = state_.step / length_.steps_per_epoch;
  if (!model_.train_after(epochs)) {
    return;
  }
  step_.train_more();
  const std::string what = fmt::format(
      "after {} epoch{} more is trained: {}",
      epochs,
      epochs == 1 ? "" : "s",
      describe_trained(model_));
  log_.line(what);
  if (records_) {
    // Of the next step, so that a run that goes on from here tells it once.
    records_->add_event("unfreeze", state_.step + 1, what);
  }
}

void Trainer::take_step(BatchFeed& feed) {
  clock_->begin(Phase::data);
  world_.note(state_.step + 1, name_of(Phase::data));
  const std::optional<DeviceBatch> batch = feed.next();
  if (!batch) {
    throw std::logic_error("the loader ended before the run did");
  }
  if (precision_ == Precision::fp16) {
    // The loss scale follows every step's verdict. Were some of them late, a
    // save, which waits for all, would change the run.
    settle();
  }
  const StepInput input{
      .step = state_.step,
      .global_batch = batch_.global,
      .lr = learning_rate(state_.step),
      .loss_scale = state_.loss_scale.scale,
      .stop = signal_received() != 0};
  at::Tensor figures;
  try {
    figures = step_.run(*batch, input, *clock_);
  } catch (...) {
    rethrow_with_advice(
        {std::current_exception(), batch_.micro, model_.facts().batch_norm},
        step_,
        *batch);
  }
  ++state_.step;
  show_first_batch(*batch);
  interval_.count_step(batch_.global);
  for (const StepFigures& due : readback_.push(input.step, figures)) {
    account(due);
  }
  const int every = config_.distributed.verify_replicas_every;
  if (every > 0 && state_.step % every == 0) {
    verify_replicas();
  }
  show_progress();
}

void Trainer::account(const StepFigures& figures) {
  state_.loss_scale.update(figures.nonfinite, precision_);
  interval_.add(figures);
  stop_ = stop_ || figures.stop > 0;
  if (same_scores_.observe(figures)) {
    note_same_scores(figures);
  }
  if (figures.nonfinite) {
    note_nonfinite(figures);
  } else {
    state_.nonfinite_in_a_row = 0;
    state_.epoch.add(
        {figures.loss, figures.top1, figures.top5, figures.samples});
  }
}

void Trainer::settle() {
  for (const StepFigures& due : readback_.flush()) {
    account(due);
  }
}

double Trainer::learning_rate(std::int64_t step) const {
  return peak_lr_ * state_.plateau.factor *
         schedule_factor(config_.schedule, length_, step);
}

double Trainer::epochs_done() const {
  return static_cast<double>(state_.step) /
         static_cast<double>(length_.steps_per_epoch);
}

bool Trainer::is_over() const {
  return state_.step == length_.total_steps || state_.gave_up;
}

bool Trainer::is_hopeless() const {
  const std::int64_t patience =
      config_.run.patience_epochs * length_.steps_per_epoch;
  return patience > 0 && state_.step < length_.total_steps &&
         state_.step - state_.best_step >= patience;
}

bool Trainer::at_epoch_end() const {
  return state_.step % length_.steps_per_epoch == 0;
}

bool Trainer::step_checkpoint_due() const {
  const int every = config_.run.checkpoint_every_steps;
  return every > 0 && state_.step % every == 0;
}

}  // namespace convoy
