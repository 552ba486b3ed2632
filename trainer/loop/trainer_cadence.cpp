// What a trainer does between steps: evaluates, saves, watches.

#include <fmt/format.h>

#include <cstdlib>

#include "data/errors.h"
#include "distributed/mpi/session.h"
#include "distributed/replicate.h"
#include "trainer/config/write.h"
#include "trainer/health/agree.h"
#include "trainer/loop/bad_samples.h"
#include "trainer/loop/threads.h"
#include "trainer/loop/trainer.h"
#include "trainer/report/lines.h"
#include "trainer/report/version.h"

namespace convoy {

void Trainer::end_epoch(BatchFeed& feed) {
  settle();
  if (!interval_.empty() && state_.step == length_.total_steps) {
    log_interval(feed);
  }
  interval_.pause();
  const Sums trained = state_.epoch;
  if (at_epoch_end()) {
    state_.epoch = {};
  }
  const auto epoch = state_.step / length_.steps_per_epoch;
  const bool last = state_.step == length_.total_steps;
  const auto due = [&](int every) {
    return last || (every > 0 && at_epoch_end() && epoch % every == 0);
  };
  const bool evaluates =
      data_.val.dataset && due(config_.run.evaluate_every_epochs);
  const double lr = learning_rate(state_.step - 1);
  const bool best = evaluates && evaluate_now();
  if (state_.gave_up && !interval_.empty()) {
    log_interval(feed);
  }
  note_time();
  if (records_) {
    const EpochRecord record{
        state_.step,
        epochs_done(),
        trained,
        evaluates ? last_val_ : Validation{},
        lr,
        state_.seconds};
    records_->add(record);
    if (board_) {
      board_->add(record);
    }
  }
  if (best || state_.gave_up || due(config_.run.checkpoint_every_epochs)) {
    save(best, last || state_.gave_up);
  }
  interval_.resume();
}

bool Trainer::evaluate_now() {
  const auto px = static_cast<std::int64_t>(config_.eval.crop_px);
  world_.note(state_.step, "evaluation");
  const auto start = std::chrono::steady_clock::now();
  Progress progress(
      log_,
      "evaluating",
      (data_.val.size() + world_.size() - 1) / world_.size());
  std::optional<Ema::InModel> average;
  if (step_.ema() != nullptr) {
    average.emplace(*step_.ema());
  }
  const Evaluation evaluation = evaluate(
      model_,
      precision_,
      {*data_.val.dataset,
       evaluation_transform(
           config_.eval, config_.normalize.style, data_.normalization),
       {config_.data.channels, px, px},
       config_.eval.block,
       workers_,
       compute_threads(world_),
       config_.data.on_bad_sample == OnBadSample::skip ? BadSamples::blank
                                                       : BadSamples::stop},
      world_,
      [&](std::int64_t done) { progress.update(done); },
      val_blocks_ ? &*val_blocks_ : nullptr);
  last_val_ = {evaluation.sums, evaluation.macro};
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  log_.line(evaluation_line(last_val_, config_.run.best_by, seconds));
  for (const std::string& reason : evaluation.bad) {
    log_.warn("left out of the evaluation: " + reason);
  }
  if (config_.schedule.name == ScheduleName::plateau) {
    state_.plateau.observe(config_.schedule, last_val_.sums.mean_loss());
  }
  const bool best = state_.note_evaluation(last_val_, config_.run.best_by);
  // Every rank has the same figures, so all decide alike.
  state_.gave_up = is_hopeless();
  return best;
}

void Trainer::note_time() {
  const std::chrono::duration<double> spent =
      std::chrono::steady_clock::now() - started_;
  state_.seconds = seconds_before_ + spent.count();
}

void Trainer::save(bool best, bool last) {
  world_.note(state_.step, "checkpoint");
  interval_.pause();
  note_time();
  settle();
  const std::vector<NamedTensor> state = step_.state();
  const std::uint64_t hash = verify_replicas(state);
  std::string problem, left;
  if (world_.rank() == 0) {
    try {
      store_.save(checkpoint(state), state_.step, best);
    } catch (const WriteFailure& e) {
      problem = e.what();
      left = store_.newest_first().empty() ? "no checkpoint of this run exists"
                                           : "earlier checkpoints stand";
    }
  }
  problem = world_.control().broadcast(problem, 0);
  interval_.resume();
  if (problem.empty()) {
    if (records_) {
      records_->add_event(
          "checkpoint", state_.step, fmt::format("state hash {:016x}", hash));
    }
    return;
  }
  if (last) {
    throw AgreedFailure(ExitCode::write_failed, problem + "; " + left);
  }
  log_.warn(problem + ". Training goes on; " + left);
  if (records_) {
    records_->add_event("save_failed", state_.step, problem);
  }
}

TensorFile Trainer::checkpoint(std::vector<NamedTensor> state) const {
  CheckpointFacts facts;
  facts.config = to_yaml(config_);
  facts.train_fingerprint = data_.train.facts.fingerprint;
  facts.val_fingerprint = data_.val.facts.fingerprint;
  facts.data_made_by = data_.train.facts.made_by;
  facts.class_names = data_.class_names;
  facts.global_batch = batch_.global;
  facts.arithmetic = arithmetic_;
  facts.gradient_order = step_.gradient_order();
  facts.bucket_mb = step_.bucket_mb();
  facts.version = version_line();
  facts.state = state_;
  TensorFile file{std::move(state), to_metadata(facts)};
  add_mean(*data_.normalization, file);
  return file;
}

void Trainer::verify_replicas() {
  verify_replicas(step_.state());
}

std::uint64_t Trainer::verify_replicas(const std::vector<NamedTensor>& state) {
  std::vector<at::Tensor> tensors;
  for (const NamedTensor& entry : state) {
    tensors.push_back(entry.tensor);
  }
  const std::uint64_t hash = hash_state(tensors);
  require_equal_replicas(hash, world_.control(), world_.hosts());
  return hash;
}

void Trainer::note_nonfinite(const StepFigures& figures) {
  // With fp16, an overflow of the scaled gradient is how the scale is found.
  if (std::isfinite(figures.loss) && state_.loss_scale.still_falls()) {
    return;
  }
  ++state_.nonfinite_total;
  ++state_.nonfinite_in_a_row;
  const auto notes =
      world_.control().all_gather(std::isfinite(figures.own_loss) ? "" : "x");
  std::string where;
  for (int r = 0; r < world_.size(); ++r) {
    if (!notes[r].empty()) {
      where += fmt::format(
          "{}rank {} on {}", where.empty() ? "" : ", ", r, world_.hosts()[r]);
    }
  }
  const std::string what = fmt::format(
      "step {}: the {} is not finite (loss {}, gradient norm {}, learning rate "
      "{:.4g}{})",
      figures.step,
      where.empty() ? "gradient" : "loss",
      figures.loss / figures.samples,
      figures.gradient_norm,
      learning_rate(figures.step),
      where.empty() ? "" : "; " + where);
  if (records_) {
    records_->add_event("nonfinite", figures.step, what);
  }
  const bool stop = config_.run.on_nonfinite == OnNonFinite::stop ||
                    state_.nonfinite_in_a_row >= config_.run.max_nonfinite;
  if (!stop) {
    log_.warn(fmt::format(
        "{}; the update is skipped ({} in a row, {} in all)",
        what,
        state_.nonfinite_in_a_row,
        state_.nonfinite_total));
    return;
  }
  throw AgreedFailure(
      ExitCode::diverged,
      fmt::format(
          "{}, {} times in a row: training has diverged. Lower optimizer.lr or "
          "lengthen the warm-up; checkpoints up to here are in {}",
          what,
          state_.nonfinite_in_a_row,
          store_.folder().string()));
}

}  // namespace convoy
