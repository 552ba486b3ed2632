// What a trainer tells of its steps.

#include <fmt/format.h>

#include "trainer/config/batch_sizes.h"
#include "trainer/loop/bad_samples.h"
#include "trainer/loop/sharded_optimizer.h"
#include "trainer/loop/trainer.h"
#include "trainer/report/lines.h"

namespace convoy {

void Trainer::log_interval(BatchFeed& feed) {
  settle();
  IntervalRecord record = interval_.gather(
      world_, {clock_->take(), feed.take_samples_hash(), step_.peak_memory()});
  record.step = state_.step;
  record.epoch = epochs_done();
  record.lr = learning_rate(state_.step - 1);
  if (baseline_ > 0) {
    record.speedup = record.images_per_second / baseline_;
    record.efficiency = record.speedup / world_.size();
  }
  note_time();
  record.seconds = state_.seconds;
  if (records_ && !records_->add(record)) {
    log_.warn("metrics.jsonl can't be written: is the disk full?");
  }
  if (board_) {
    board_->add(record);
  }
  log_.line(interval_line(record, length_, config_.run.epochs));
  if (!told_exchange_ && world_.size() > 1) {
    told_exchange_ = true;
    tell_exchange(record.mean);
  }
  note_slow_rank(record);
}

void Trainer::note_slow_rank(const IntervalRecord& record) {
  const auto slow = slow_ranks_.observe(record.by_rank);
  if (!slow) {
    return;
  }
  const std::string what = slow_rank_warning(
      *slow, world_.hosts()[static_cast<std::size_t>(slow->rank)]);
  log_.warn(what);
  if (records_) {
    records_->add_event("slow_rank", record.step, what);
  }
}

/// Of steps that were taken, so that what is expected can be held against what
/// the log says of later ones.
void Trainer::tell_exchange(const PhaseSeconds& mean) {
  const std::int64_t rounds =
      sharing_ranks(config_, world_.size()) / world_.size();
  const auto backwards = static_cast<double>(
      rounds * micro_batches(batch_.largest_share, batch_.micro));
  const StepProfile profile =
      stretched(step_.profile(), seconds_of(mean, Phase::compute) / backwards);
  double exposed =
      static_cast<double>(rounds) * exposed_s(profile, step_.all_reduce_cost());
  if (shards_optimizer(config_, world_)) {
    exposed += gather_s(profile, step_.all_reduce_cost());
  }
  log_.line(exchange_line(
      step_.all_reduce_cost(),
      step_.bucket_mb(),
      own_seconds(mean) + seconds_of(mean, Phase::optimizer) + exposed,
      exposed));
}

void Trainer::note_same_scores(const StepFigures& figures) {
  const std::string what = same_scores_warning(
      figures, learning_rate(figures.step), config_.optimizer);
  log_.warn(what);
  if (records_) {
    records_->add_event("same_scores", figures.step + 1, what);
  }
}

void Trainer::show_progress() {
  if (log_.has_terminal()) {
    progress_->update(
        state_.step,
        progress_details(
            state_.epoch, epochs_done(), interval_.images_per_second()));
  }
}

void Trainer::report_bad_samples(const Loader& loader) {
  const auto reasons = reasons_of_all(world_.control(), loader.bad_samples());
  if (reasons.empty()) {
    return;
  }
  log_.warn(fmt::format(
      "{} damaged record{} skipped, others took {} place:",
      reasons.size(),
      reasons.size() == 1 ? " was" : "s were",
      reasons.size() == 1 ? "its" : "their"));
  for (const std::string& reason : reasons) {
    log_.line("  " + reason);
    if (records_) {
      records_->add_event("bad_sample", state_.step, reason);
    }
  }
}

}  // namespace convoy
