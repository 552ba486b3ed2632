#pragma once
// Gradients that live in buckets, summed over ranks while backward still runs.
//
// Follows the design of PyTorch's DistributedDataParallel (Li et al., VLDB
// 2020): each parameter's gradient is a view into one arena, a hook on its
// gradient accumulator marks it ready, and complete buckets are launched in a
// fixed order: that in which gradients arrived in the first step on rank 0.
// Differences: gradients are summed, never averaged (the loss carries the
// normaliser of the global batch), and the order is kept in checkpoints, so
// that a resumed run has the same buckets, and with them the same bits.

#include <ATen/core/Tensor.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "distributed/averaged_buffers.h"
#include "distributed/bucket_plan.h"
#include "distributed/communicator.h"
#include "distributed/cost_model.h"
#include "distributed/gradient_arena.h"
#include "distributed/gradient_hooks.h"

namespace convoy {

struct ReducerOptions {
  double bucket_mb = 25;       ///< what NCCL and MPI need to reach full rate
  double first_bucket_mb = 1;  ///< the first and the last
  int rounds = 1;              ///< virtual ranks that each rank stands for
  /// Which a rank gets; joined ones in a single round only.
  GradientSums sums = GradientSums::whole;
};

/// A parameter with its name in the state dict, for messages.
struct NamedParameter {
  std::string name;
  at::Tensor tensor;
};

class Reducer {
 public:
  /// `parameters`: leaves that require gradients, one floating type, on the
  /// communicator's device, memory format final. Their grad() is in the
  /// GradientArena for as long as the reducer lives. `buffers`: see
  /// AveragedBuffers.
  Reducer(
      std::vector<NamedParameter> parameters,
      std::vector<at::Tensor> buffers,
      Communicator& communicator,
      const ReducerOptions& options);

  /// Parameters in the order in which their gradients arrive: known, and the
  /// same on every rank, behind the first finish(); empty before. Of
  /// GradientSums::parts the reverse of theirs, from the beginning, so that
  /// parts stay where they are.
  const std::vector<std::string>& order() const { return order_; }

  /// Takes the order of an earlier reducer in place of the first step's.
  /// Between steps, alike on every rank. Does nothing where the parameters are
  /// others, or parts are to stay where they are.
  void adopt_order(const std::vector<std::string>& names);

  /// Before the first backward of a step: zeroes the gradients.
  void zero_grad();

  /// Before each backward. `last`: this is the step's last micro-batch, so
  /// buckets are launched as they fill. Otherwise gradients only accumulate.
  void begin_backward(bool last);

  /// After the last backward: reduces the last bucket, buffers and `sums`
  /// (fp64, on the device; summed over ranks in place), then waits for every
  /// bucket. On return grad() holds the sum over all ranks and micro-batches,
  /// or what of it GradientSums says, until zero_grad().
  /// Throws std::logic_error naming parameters that took no part in the loss.
  ///
  /// A step of several rounds calls it behind each: virtual rank v trains on
  /// rank v modulo the world's size, in round v / size. Sums go on from round
  /// to round, on rank 0, and buffers begin in each where the step began. Where
  /// the communicator adds in the order of the ranks, the bits are those of a
  /// world of the virtual ranks.
  void finish(const at::Tensor& sums);

  /// When backward had the buckets of the last step ready, and when it ended:
  /// by the host's clock, which on a GPU says in what share of its time, not
  /// when. Of the profile's step_s nothing is known here.
  const StepProfile& profile() const { return profile_; }

  GradientArena& gradients() { return gradients_; }
  const GradientArena& gradients() const { return gradients_; }
  const BucketPlan& plan() const { return plan_; }
  const std::vector<NamedParameter>& parameters() const { return parameters_; }

  AveragedBuffers& buffers() { return buffers_; }

 private:
  void plan(const std::vector<int>& order);
  void agree_on_order();
  void mark_ready(int parameter);
  at::Tensor take(const Bucket& bucket);
  std::vector<std::string> names_of(const std::vector<int>& order) const;
  std::unique_ptr<Work> launch(const Bucket& bucket);
  void launch_complete_buckets();
  void launch_rest(const at::Tensor& sums);
  void require_all_ready() const;
  void begin_round(const at::Tensor& sums);
  double seconds_of_micro_batch() const;

  std::vector<NamedParameter> parameters_;
  Communicator& communicator_;
  AveragedBuffers buffers_;
  ReducerOptions options_;
  BucketPlan plan_;
  std::vector<int> arrivals_;       ///< parameters, this backward
  std::vector<std::string> order_;  ///< their names, once agreed
  bool planned_by_order_ = false;
  StepProfile profile_;
  std::chrono::steady_clock::time_point micro_batch_began_;
  GradientArena gradients_;
  std::vector<int> bucket_of_;  ///< by parameter
  std::vector<bool> ready_;     ///< by parameter, this backward
  std::vector<int> missing_;    ///< by bucket: gradients not there yet
  std::size_t next_ = 0;        ///< the bucket to launch next
  bool launching_ = false;
  std::vector<std::unique_ptr<Work>> works_;
  GradientHooks hooks_;
};

}  // namespace convoy
