#include "trainer/loop/lr_range.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <cmath>
#include <exception>

#include "trainer/health/agree.h"
#include "trainer/health/memory.h"
#include "trainer/health/signals.h"
#include "trainer/loop/out_of_memory.h"
#include "trainer/loop/threads.h"
#include "trainer/loop/training_parts.h"

namespace convoy {
namespace {

/// Everything between a config and a step at any rate.
class LrRangeRun {
 public:
  LrRangeRun(const LrRangeSubject& subject, std::int64_t steps)
      : world_(subject.world),
        batch_(batch_sizes(
            subject.config.batch,
            sharing_ranks(subject.config, world_.size()))),
        precision_(
            resolve_precision(subject.config.precision, world_.device())),
        scale_(LossScale::for_precision(precision_)),
        model_(build_model(subject.config, subject.data, world_)),
        step_(
            subject.config,
            precision_,
            load_weights(
                model_, subject.config, subject.start, world_, subject.log),
            world_,
            class_weights(subject.config, subject.data)),
        clock_(make_phase_clock(world_.device())),
        readback_(world_.device()),
        loader_(
            training_input(
                subject.config,
                subject.data,
                training_order(subject.config, subject.data, batch_.global),
                world_),
            loader_options(subject.config, steps)),
        feed_(loader_, training_shape(subject.config), world_.device()) {}

  /// The next step, at this rate. Waits for its figures, on which the test
  /// depends.
  StepFigures take(double lr) {
    clock_->begin(Phase::data);
    const DeviceBatch batch = feed_.next().value();
    const StepInput input{
        .step = steps_++,
        .global_batch = batch_.global,
        .lr = lr,
        .loss_scale = scale_.scale,
        .stop = signal_received() != 0};
    try {
      auto due = readback_.push(input.step, step_.run(batch, input, *clock_));
      if (due.empty()) {
        due = readback_.flush();
      }
      scale_.update(due.front().nonfinite, precision_);
      return due.front();
    } catch (...) {
      rethrow_with_advice(
          {std::current_exception(), batch_.micro, model_.facts().batch_norm},
          step_,
          batch);
    }
  }

  /// With fp16, an overflow of the scaled gradient is how the scale is found.
  bool is_finite(const StepFigures& figures) const {
    return !figures.nonfinite ||
           (std::isfinite(figures.loss) && scale_.still_falls());
  }

 private:
  /// Agreed on here, where each rank's memory is looked at before any loads.
  LoaderOptions loader_options(const Config& config, std::int64_t steps) {
    auto options =
        training_loader_options(config, world_, batch_.largest_share);
    options.end_batch = static_cast<std::uint64_t>(steps);
    agreed(world_.control(), world_.host(), [&] {
      require_loader_memory(options, available_memory() / world_.local_size());
    });
    return options;
  }

  World& world_;
  BatchPlanSizes batch_;
  Precision precision_;
  LossScale scale_;
  Model model_;
  TrainStep step_;
  std::unique_ptr<PhaseClock> clock_;
  Readback readback_;
  Loader loader_;
  Feed feed_;
  std::int64_t steps_ = 0;
};

}  // namespace

LrRange measure_lr_range(
    const LrRangeOptions& options,
    const LrRangeSubject& subject,
    const std::function<void(int done)>& say) {
  at::set_num_threads(training_threads(subject.config, subject.world));
  LrRangeRun run(subject, options.steps);
  LrCurve curve(options.steps);
  for (int i = 0; i < options.steps; ++i) {
    const double lr = range_rate(options.from, options.to, i, options.steps);
    const StepFigures figures = run.take(lr);
    if (!run.is_finite(figures)) {
      return {
          curve.points(),
          "the loss or its gradient was not finite",
          /*stopped=*/false,
          /*left=*/true};
    }
    curve.add(lr, figures.loss / figures.samples);
    say(i + 1);
    if (figures.stop > 0) {
      return {curve.points(), "it was asked to stop", /*stopped=*/true};
    }
    if (curve.diverged()) {
      return {
          curve.points(),
          fmt::format(
              "the smoothed loss exceeded {} times its minimum",
              LrCurve::kMostOverMinimum)};
    }
  }
  return {curve.points(), "all steps were taken"};
}

}  // namespace convoy
