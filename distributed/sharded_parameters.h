#pragma once
// Parameters of which every rank holds all and updates a part (the optimizer
// and gradient stages of ZeRO, Rajbhandari et al. 2020).

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <vector>

#include "distributed/bucket_plan.h"
#include "distributed/communicator.h"
#include "distributed/reducer.h"

namespace convoy {

/// What this rank updates of one parameter: flat, with its gradients.
struct OwnedShard {
  std::size_t parameter = 0;  ///< index
  at::Tensor values;
  at::Tensor gradients;
};

class ShardedParameters {
 public:
  /// Of `reducer`, which is sharded. Moves the parameters' values into one
  /// arena, laid out as that of the gradients, for good; they stay the same
  /// tensors. Collective. Both outlive it.
  ShardedParameters(const Reducer& reducer, Communicator& communicator);

  const std::vector<OwnedShard>& own() const { return own_; }

  /// Gives every rank what the others have updated. Collective.
  void gather() { gather(values_); }

  /// Whole tensors, one for each parameter and of its shape and strides, from
  /// what each rank has for its shards: `own` is by OwnedShard, of its size or
  /// a scalar. Collective.
  std::vector<at::Tensor> gather(const std::vector<at::Tensor>& own) const;

  /// What of such tensors, which are the same on every rank, is this rank's: by
  /// OwnedShard, flat.
  std::vector<at::Tensor> own_of(const std::vector<at::Tensor>& whole) const;

 private:
  void gather(const at::Tensor& arena) const;
  /// A parameter, in its shape, in an arena of this layout.
  at::Tensor in_arena(const at::Tensor& arena, std::size_t parameter) const;

  std::vector<at::Tensor> parameters_;
  const BucketPlan& plan_;
  Communicator& communicator_;
  at::Tensor values_;
  std::vector<Shard> shards_;
  std::vector<OwnedShard> own_;
};

}  // namespace convoy
