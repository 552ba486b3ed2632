#include "trainer/config/batch_sizes.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace convoy {

std::int64_t micro_batches(std::int64_t largest_share, std::int64_t micro) {
  return (largest_share + micro - 1) / micro;
}

BatchPlanSizes batch_sizes(const BatchOptions& batch, int world_size) {
  BatchPlanSizes sizes;
  sizes.global = batch.global > 0
                     ? batch.global
                     : static_cast<std::int64_t>(batch.per_rank) * world_size;
  sizes.smallest_share = sizes.global / world_size;
  sizes.largest_share = (sizes.global + world_size - 1) / world_size;
  sizes.micro = batch.micro > 0
                    ? std::min<std::int64_t>(batch.micro, sizes.largest_share)
                    : sizes.largest_share;
  if (sizes.smallest_share > 0) {
    sizes.smallest_micro =
        sizes.smallest_share / micro_batches(sizes.largest_share, sizes.micro);
  }
  return sizes;
}

double peak_lr(const OptimizerOptions& options, std::int64_t global_batch) {
  const double ratio = static_cast<double>(global_batch) / options.lr_batch;
  switch (options.lr_scaling) {
    case LrScaling::none:
      return options.lr;
    case LrScaling::linear:
      return options.lr * ratio;
    case LrScaling::sqrt:
      return options.lr * std::sqrt(ratio);
  }
  throw std::logic_error("peak_lr: unknown scaling");
}

}  // namespace convoy
