#pragma once
// Where gradients lie, and where their sums are seen.

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "distributed/bucket_plan.h"
#include "distributed/communicator.h"

namespace convoy {

/// Which sums a rank gets.
enum class GradientSums {
  whole,   ///< all, in place of its gradients
  parts,   ///< in place, its part_of() each bucket
  joined,  ///< the same, and it sees all: see Communicator::join()
};

/// One flat tensor with every parameter's gradient; the parameters' grad() are
/// views of it, of their own strides. They stay the same tensors, which others
/// may hold too. Collective, all but flat(), bucket(), show_sums().
class GradientArena {
 public:
  /// `parameters` (leaves, one floating type) have a grad() from now on. Where
  /// joining fails, sums are `whole`.
  GradientArena(
      std::vector<at::Tensor> parameters,
      Communicator& communicator,
      GradientSums wanted);

  GradientSums sums() const { return sums_; }
  /// What buckets of a plan must be divisible into, see BucketSizes.
  int parts() const {
    return sums_ == GradientSums::whole ? 1 : communicator_.size();
  }
  std::int64_t part_bytes() const {
    return sums_ == GradientSums::joined ? 4096 : 64;
  }

  /// Lays gradients out as `plan` has them; their values are lost.
  void place(const BucketPlan& plan);

  /// Zeroes the gradients. Joined, waits until every rank has called release().
  void zero();

  /// A bucket's gradients.
  at::Tensor bucket(const Bucket& bucket) const {
    return flat_.narrow(0, bucket.offset, bucket.length);
  }

  /// All buckets are reduced: until zero(), grad() has the sums. Joined, it is
  /// not to be written.
  void show_sums();

  /// The 2-norm of the sums: double scalar, the same on every rank. On the CPU
  /// `whole` and `joined` sums give the same bits, whatever the plan.
  at::Tensor norm() const;

  /// Multiplies the sums by a scalar, the same on every rank.
  void scale(const at::Tensor& factor);

  /// This rank has read the sums for the last time. Never blocks.
  void release();

  /// Padding between gradients is zero. Undefined of no parameters.
  const at::Tensor& flat() const { return flat_; }

 private:
  std::vector<at::Tensor> views_of(const at::Tensor& arena) const;
  void show(const std::vector<at::Tensor>& gradients);
  void share_out_parameters();
  at::Tensor squares_of_parameters() const;

  std::vector<at::Tensor> parameters_;
  Communicator& communicator_;
  GradientSums sums_;
  at::TensorOptions options_;
  std::vector<std::int64_t> offsets_;  ///< by parameter
  at::Tensor flat_;
  at::Tensor joined_;                       ///< undefined: sums are in flat_
  std::vector<at::Tensor> own_sums_;        ///< that this rank has
  std::vector<at::Tensor> gradient_views_;  ///< by parameter, in flat_...
  std::vector<at::Tensor> sum_views_;       ///< ...and in joined_
  std::vector<std::size_t> measured_;  ///< parameters whose norm is this rank's
  at::Tensor token_;  ///< reduced once a rank has read the sums
  std::unique_ptr<Work> released_;
};

}  // namespace convoy
