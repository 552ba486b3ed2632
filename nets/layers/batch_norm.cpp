#include "nets/layers/batch_norm.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "nets/layers/synced_batch_norm.h"

namespace convoy {

BatchNorm2d::BatchNorm2d(int channels, const BatchNormOptions& options)
    : options_(options),
      weight_(parameter("weight", at::ones({channels}))),
      bias_(parameter("bias", at::zeros({channels}))),
      running_mean_(buffer("running_mean", at::zeros({channels}))),
      running_var_(buffer("running_var", at::ones({channels}))),
      num_batches_tracked_(
          buffer("num_batches_tracked", at::zeros({}, at::kLong))) {}

at::Tensor BatchNorm2d::forward(const at::Tensor& x, const Pass& pass) const {
  const bool training = pass.training && !frozen();
  if (training && !pass.counted) {
    num_batches_tracked_.add_(1);
  }
  if (training && pass.sum_over_ranks != nullptr) {
    return synced_batch_norm(
        x,
        {weight_,
         bias_,
         running_mean_,
         running_var_,
         options_.momentum,
         options_.epsilon},
        *pass.sum_over_ranks);
  }
  return at::batch_norm(
      x,
      weight_,
      bias_,
      running_mean_,
      running_var_,
      training,
      options_.momentum,
      options_.epsilon,
      /*cudnn_enabled=*/true);
}

}  // namespace convoy
