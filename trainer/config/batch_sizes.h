#pragma once
// What follows from section batch for a number of ranks.

#include <cstdint>

#include "trainer/config/config.h"

namespace convoy {

/// The batch as it will be: one of batch.global and batch.per_rank, completed.
struct BatchPlanSizes {
  std::int64_t global = 0;
  std::int64_t largest_share = 0;  ///< of a rank; they differ by at most one
  std::int64_t smallest_share = 0;
  std::int64_t micro = 0;           ///< at most so many samples at once
  std::int64_t smallest_micro = 0;  ///< what the smallest micro-batch has
};

/// How many micro-batches of at most `micro` samples the largest share is cut
/// into; their sizes differ by at most one. Every rank cuts its share into as
/// many, since batch norm counts them and replicas must stay equal.
std::int64_t micro_batches(std::int64_t largest_share, std::int64_t micro);

/// `ranks`: see sharing_ranks().
BatchPlanSizes batch_sizes(const BatchOptions& batch, int ranks);

/// How many ranks share a global batch: the virtual ones or, without those, the
/// ranks.
int sharing_ranks(const Config& config, int world_size);

/// How many ranks' batches are one to batch norm.
int batch_norm_ranks(const Config& config, int world_size);

/// The peak learning rate after scaling with the global batch.
double peak_lr(const OptimizerOptions& options, std::int64_t global_batch);

}  // namespace convoy
