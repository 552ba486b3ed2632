#include "trainer/loop/scaling_load.h"

#include <fmt/format.h>

#include <algorithm>

#include "trainer/config/batch_sizes.h"

namespace convoy {

std::string describe(const ScalingSeries& series) {
  return fmt::format(
      "{} data, {} scaling",
      names(series.data)[static_cast<std::size_t>(series.data)],
      names(series.mode)[static_cast<std::size_t>(series.mode)]);
}

StepLoad step_load(
    const BatchOptions& batch, int job_size, ScalingMode mode, int ranks) {
  const BatchPlanSizes job = batch_sizes(batch, job_size);
  StepLoad load;
  load.global =
      mode == ScalingMode::strong ? job.global : job.largest_share * ranks;
  load.largest_share = (load.global + ranks - 1) / ranks;
  load.micro = batch.micro > 0
                   ? std::min<std::int64_t>(batch.micro, load.largest_share)
                   : load.largest_share;
  return load;
}

}  // namespace convoy
