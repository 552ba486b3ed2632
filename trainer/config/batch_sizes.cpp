#include "trainer/config/batch_sizes.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace convoy {

std::int64_t micro_batches(std::int64_t largest_share, std::int64_t micro) {
  return (largest_share + micro - 1) / micro;
}

BatchPlanSizes batch_sizes(const BatchOptions& batch, int ranks) {
  BatchPlanSizes sizes;
  sizes.global = batch.global > 0
                     ? batch.global
                     : static_cast<std::int64_t>(batch.per_rank) * ranks;
  sizes.smallest_share = sizes.global / ranks;
  sizes.largest_share = (sizes.global + ranks - 1) / ranks;
  sizes.micro = batch.micro > 0
                    ? std::min<std::int64_t>(batch.micro, sizes.largest_share)
                    : sizes.largest_share;
  if (sizes.smallest_share > 0) {
    sizes.smallest_micro =
        sizes.smallest_share / micro_batches(sizes.largest_share, sizes.micro);
  }
  return sizes;
}

int sharing_ranks(const Config& config, int world_size) {
  const int virtual_ranks = config.distributed.virtual_ranks;
  return virtual_ranks > 0 ? virtual_ranks : world_size;
}

int batch_norm_ranks(const Config& config, int world_size) {
  const int ranks = config.distributed.sync_batch_norm;
  return ranks > 0 ? ranks : world_size;
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
