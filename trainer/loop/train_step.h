#pragma once
// One training step, from a batch to updated parameters.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "distributed/reducer.h"
#include "distributed/sharded_parameters.h"
#include "distributed/world.h"
#include "trainer/config/config.h"
#include "trainer/loop/batch.h"
#include "trainer/loop/ema.h"
#include "trainer/loop/model.h"
#include "trainer/loop/objective.h"
#include "trainer/loop/optimizer.h"
#include "trainer/loop/phases.h"
#include "trainer/loop/precision.h"

namespace convoy {

/// What a step is given beside its batch.
struct StepInput {
  std::int64_t step = 0;
  std::int64_t global_batch = 0;  ///< normaliser of the loss
  double lr = 0;
  double loss_scale = 1;
  bool stop = false;  ///< this rank was asked to stop
};

/// Model, reducer and optimizer of a run. Collective: every rank makes it and
/// calls run() with the same step.
class TrainStep {
 public:
  /// Broadcasts rank 0's parameters and buffers, and measures what an
  /// all-reduce costs. `precision` is resolved. `class_weights` [classes]
  /// multiply the samples' losses; undefined: all count alike. All but
  /// `class_weights` outlive it.
  TrainStep(
      const Config& config,
      Precision precision,
      Model& model,
      World& world,
      const at::Tensor& class_weights = {});

  /// Forward, backward, all-reduce, update. Returns the figures of the step
  /// (fp64 [Readback::kFigures], on the device), reduced over ranks; hits of
  /// mixed samples are those of the label with the larger share. A step
  /// whose loss or gradient is not finite leaves parameters, running statistics
  /// and optimizer state as they were; batch norm's count of batches goes on.
  at::Tensor run(
      const DeviceBatch& batch, const StepInput& input, PhaseClock& clock);

  /// Takes in the parameters that `model` has come to train: they get gradients
  /// and an optimizer state of zeros, and what was trained before keeps its.
  /// Between steps. Collective.
  void train_more();

  /// Parameters in the order in which their gradients arrive; empty before the
  /// first step, and before the first with more parameters.
  const std::vector<std::string>& gradient_order() const {
    return reducer_->order();
  }
  /// Size of the buckets that gradients travel in.
  double bucket_mb() const { return bucket_mb_; }
  /// Goes on with the order of a checkpoint and, unless the config has one, its
  /// size of buckets; `bucket_mb` 0: unknown.
  void adopt_buckets(const std::vector<std::string>& order, double bucket_mb);

  /// What an all-reduce costs between these ranks.
  const AllReduceCost& all_reduce_cost() const { return all_reduce_cost_; }

  /// Whether a forward and backward of `samples` samples fits into memory;
  /// nothing is exchanged with other ranks. For advice after a step ran out of
  /// memory.
  bool fits(const DeviceBatch& batch, std::int64_t samples);

  /// Reducer::profile of the last step.
  const StepProfile& profile() const { return reducer_->profile(); }

  Optimizer& optimizer() { return *optimizer_; }
  /// Null when no average is kept.
  Ema* ema() { return ema_ ? &*ema_ : nullptr; }
  /// The most host memory that this process was seen to hold, in bytes: looked
  /// at after each forward, when the activations are alive.
  std::int64_t peak_memory() const { return peak_memory_; }
  /// Parameters, buffers and optimizer state, for checkpoints and hashes; the
  /// last are copies where the optimizer is sharded. Collective.
  std::vector<NamedTensor> state() const;
  /// Takes over what was written into the tensors of state().
  void load(const std::vector<NamedTensor>& state);

 private:
  void attach();
  /// Into how many micro-batches each rank cuts its share.
  std::int64_t parts_of(std::int64_t global_batch) const;
  /// Of a rank's share of the batch, or a virtual rank's.
  struct MicroBatch {
    bool last = true;      ///< gradients travel behind it
    bool counted = false;  ///< Pass::counted
    bool alone = false;    ///< other ranks do not compute
  };
  at::Tensor take_round(
      const DeviceBatch& share, const StepInput& input, bool counted);
  at::Tensor accumulate(
      const DeviceBatch& micro, const StepInput& input, const MicroBatch& turn);
  /// How many samples have other scores than the first of the step; double.
  at::Tensor count_differing(const at::Tensor& logits);
  at::Tensor unscale_and_clip(const at::Tensor& sums, double loss_scale);

  const Config& config_;
  Precision precision_;
  double clip_norm_;
  Objective objective_;
  std::int64_t micro_;
  std::uint64_t seed_;
  Model& model_;
  World& world_;
  SumOverRanks sum_over_group_;  ///< of batch norm; empty without
  AllReduceCost all_reduce_cost_;
  double bucket_mb_;
  std::optional<Reducer> reducer_;
  std::optional<ShardedParameters> shards_;
  std::unique_ptr<Optimizer> optimizer_;
  std::optional<Ema> ema_;
  at::Tensor first_scores_;  ///< [classes], of the step's first sample
  std::int64_t peak_memory_ = 0;
};

}  // namespace convoy
