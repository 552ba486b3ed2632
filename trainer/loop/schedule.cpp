#include "trainer/loop/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace convoy {
namespace {

/// From `a` to `b` along half a cosine as t goes from 0 to 1.
double cosine(double a, double b, double t) {
  return b + (a - b) * (1 + std::cos(std::numbers::pi * t)) / 2;
}

double steps_per_unit(const ScheduleOptions& options, const RunLength& length) {
  return options.unit == ScheduleUnit::epoch
             ? static_cast<double>(length.steps_per_epoch)
             : 1.0;
}

double one_cycle(
    const ScheduleOptions& o, const RunLength& length, double step) {
  const auto total = static_cast<double>(length.total_steps);
  const double top = o.rise * total - 1;
  if (step <= top) {
    return cosine(o.start_fraction, 1, top <= 0 ? 1 : step / top);
  }
  const double fall = total - 1 - top;
  return cosine(1, o.final_fraction, fall <= 0 ? 1 : (step - top) / fall);
}

}  // namespace

std::int64_t warmup_steps(
    const ScheduleOptions& options, const RunLength& length) {
  return options.warmup_iterations > 0
             ? options.warmup_iterations
             : std::llround(
                   options.warmup_epochs *
                   static_cast<double>(length.steps_per_epoch));
}

double schedule_factor(
    const ScheduleOptions& options,
    const RunLength& length,
    std::int64_t step) {
  const auto warmup = static_cast<double>(warmup_steps(options, length));
  const auto now = static_cast<double>(step);
  if (now < warmup) {
    return options.warmup_start + (1 - options.warmup_start) * now / warmup;
  }
  const double unit = steps_per_unit(options, length);
  const double rest = static_cast<double>(length.total_steps) - warmup;
  const double progress = rest <= 0 ? 1 : std::min(1.0, (now - warmup) / rest);
  switch (options.name) {
    case ScheduleName::constant:
    case ScheduleName::plateau:
      return 1;
    case ScheduleName::step:
      return std::pow(options.gamma, std::floor(now / (options.every * unit)));
    case ScheduleName::multi_step:
      return std::pow(
          options.gamma,
          static_cast<double>(std::count_if(
              options.milestones.begin(),
              options.milestones.end(),
              [&](double at) { return now >= at * unit; })));
    case ScheduleName::cosine:
      return cosine(1, options.final_fraction, progress);
    case ScheduleName::polynomial:
      return options.final_fraction + (1 - options.final_fraction) *
                                          std::pow(1 - progress, options.power);
    case ScheduleName::one_cycle:
      return one_cycle(options, length, now);
  }
  return 1;
}

void Plateau::observe(const ScheduleOptions& options, double validation_loss) {
  if (!seen || std::isnan(best) ||
      validation_loss < best * (1 - options.threshold)) {
    best = validation_loss;
    seen = true;
    bad = 0;
  } else if (++bad >= options.patience) {
    factor = std::max(options.final_fraction, factor * options.gamma);
    bad = 0;
  }
}

}  // namespace convoy
