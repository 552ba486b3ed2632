#pragma once
// The learning rate as a pure function of the step.

#include <cstdint>

#include "trainer/config/train_options.h"

namespace convoy {

/// How long a run is.
struct RunLength {
  std::int64_t steps_per_epoch = 1;
  std::int64_t total_steps = 1;
};

/// Steps of linear warm-up.
std::int64_t warmup_steps(
    const ScheduleOptions& options, const RunLength& length);

/// The factor on the peak rate in step `step` (from 0), for every schedule but
/// plateau, where it is the warm-up alone. one_cycle follows PyTorch's
/// OneCycleLR (cosine), cosine Loshchilov and Hutter 2017 without restarts,
/// both stepped every iteration.
double schedule_factor(
    const ScheduleOptions& options, const RunLength& length, std::int64_t step);

/// The plateau schedule's memory: drops by gamma after `patience` evaluations
/// in a row without a relative improvement of `threshold`. Part of a
/// checkpoint.
struct Plateau {
  double best = 0;
  bool seen = false;
  int bad = 0;
  double factor = 1;

  void observe(const ScheduleOptions& options, double validation_loss);
};

}  // namespace convoy
