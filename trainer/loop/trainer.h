#pragma once
// A training run from its first step, or the one it was stopped at, to its
// last.

#include <memory>
#include <string>

#include "data/loader/loader.h"
#include "distributed/world.h"
#include "trainer/checkpoint/contents.h"
#include "trainer/checkpoint/store.h"
#include "trainer/checkpoint/train_state.h"
#include "trainer/config/batch_sizes.h"
#include "trainer/config/config.h"
#include "trainer/errors.h"
#include "trainer/loop/evaluator.h"
#include "trainer/loop/feature_plan.h"
#include "trainer/loop/features.h"
#include "trainer/loop/feed.h"
#include "trainer/loop/interval.h"
#include "trainer/loop/model.h"
#include "trainer/loop/run_data.h"
#include "trainer/loop/same_scores.h"
#include "trainer/loop/slow_ranks.h"
#include "trainer/loop/train_step.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/records.h"
#include "trainer/report/tensorboard.h"

namespace convoy {

/// Where a run begins.
struct StartingPoint {
  /// On every rank; none: from the start.
  std::optional<TensorFile> checkpoint;
  /// On rank 0: to start the network from.
  std::optional<std::vector<NamedTensor>> weights;
  std::string source;   ///< path of either, for messages
  bool forced = false;  ///< on rank 0: settings differ from the checkpoint's

  /// Gives back the memory, on the device if need be, once a trainer has copied
  /// the values; what the checkpoint says of its run stays.
  void release_tensors() {
    weights.reset();
    if (checkpoint) {
      checkpoint->tensors.clear();
    }
  }
};

class Trainer {
 public:
  /// Builds network, reducer and optimizer and puts `start` in place.
  /// Collective; all references must outlive the trainer. Throws AgreedFailure
  /// when config, network and `start` do not fit each other.
  Trainer(
      const Config& config,
      const RunData& data,
      World& world,
      Log& log,
      const StartingPoint& start);

  /// Trains. `done` when it is over, `saved_to_requeue` when a
  /// signal asked to stop. Throws Diverged, OutOfMemory, BadData, WriteFailure
  /// (the last checkpoint could not be written), PeerLost. Collective.
  ExitCode run();

  /// All steps are taken, or no better evaluation came in run.patience_epochs.
  bool is_over() const;
  const TrainState& state() const { return state_; }
  const RunLength& length() const { return length_; }
  const BatchPlanSizes& batch() const { return batch_; }
  double peak_rate() const { return peak_lr_; }
  Precision precision() const { return precision_; }
  const Model& model() const { return model_; }
  const Validation& last_evaluation() const { return last_val_; }
  /// describe_arithmetic() of this run.
  const std::string& arithmetic() const { return arithmetic_; }

 private:
  /// What was the best on other data, or by another figure, says nothing now.
  void forget_best_of_another_kind(
      const CheckpointFacts& facts, const std::string& source);
  /// Trains more of the network where it is due.
  void unfreeze();
  /// Where the rest of the run's batches come from. `loader` is left empty when
  /// it takes none.
  std::unique_ptr<BatchFeed> open_feed(std::unique_ptr<Loader>& loader);
  void keep_features();
  void take_step(BatchFeed& feed);
  void account(const StepFigures& figures);
  void note_nonfinite(const StepFigures& figures);
  void note_same_scores(const StepFigures& figures);
  void settle();
  void log_interval(BatchFeed& feed);
  void note_slow_rank(const IntervalRecord& record);
  void tell_exchange(const PhaseSeconds& mean);
  void end_epoch(BatchFeed& feed);
  bool evaluate_now();
  /// Whether run.patience_epochs have gone by without a better evaluation.
  bool is_hopeless() const;
  /// Brings the time spent, earlier runs of the same folder included, up to
  /// now.
  void note_time();
  void save(bool best, bool last);
  void verify_replicas();
  /// Their hash.
  std::uint64_t verify_replicas(const std::vector<NamedTensor>& state);
  TensorFile checkpoint(std::vector<NamedTensor> state) const;
  LoaderOptions loader_options() const;
  double learning_rate(std::int64_t step) const;
  double epochs_done() const;
  bool at_epoch_end() const;
  bool step_checkpoint_due() const;
  void show_progress();
  void show_first_batch(const DeviceBatch& batch);
  void report_bad_samples(const Loader& loader);

  const Config& config_;
  const RunData& data_;
  World& world_;
  Log& log_;
  BatchPlanSizes batch_;
  TrainingOrder order_;
  RunLength length_;
  double peak_lr_;
  Precision precision_;
  int threads_;
  int workers_;
  std::string arithmetic_;
  Model model_;
  TrainStep step_;
  TrainState state_;
  CheckpointStore store_;
  std::unique_ptr<Records> records_;    ///< rank 0
  std::unique_ptr<TensorBoard> board_;  ///< rank 0, with run.tensorboard
  std::unique_ptr<PhaseClock> clock_;
  Readback readback_;
  Interval interval_;
  SameScores same_scores_;
  SlowRanks slow_ranks_;
  std::optional<Features> features_;      ///< of the training pictures
  std::optional<KeptBlocks> val_blocks_;  ///< of the validation pictures
  std::optional<Progress> progress_;
  Validation last_val_;
  double baseline_ = 0;
  double seconds_before_ = 0;
  std::chrono::steady_clock::time_point started_;
  bool told_exchange_ = false;
  bool stop_ = false;
};

}  // namespace convoy
