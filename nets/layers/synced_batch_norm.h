#pragma once
// Batch norm over the batches of several ranks (Peng et al., "MegDet", CVPR
// 2018), for ranks whose own batches are small.

#include <ATen/core/Tensor.h>

#include "nets/pass.h"

namespace convoy {

struct SyncedBatchNorm {
  at::Tensor weight;        ///< [C]
  at::Tensor bias;          ///< [C]
  at::Tensor running_mean;  ///< [C], updated
  at::Tensor running_var;   ///< [C], updated
  double momentum = 0.1;
  double epsilon = 1e-5;
};

/// x [N, C, H, W] → same shape and type: at::batch_norm in training, with mean
/// and variance of the batches of all ranks that `sum` sums over. Calls it
/// once, and once in backward; gradients of weight and bias are this rank's
/// part. Ranks may have batches of different sizes.
at::Tensor synced_batch_norm(
    const at::Tensor& x, const SyncedBatchNorm& norm, const SumOverRanks& sum);

}  // namespace convoy
