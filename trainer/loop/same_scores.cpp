#include "trainer/loop/same_scores.h"

#include <fmt/format.h>

namespace convoy {

bool SameScores::observe(const StepFigures& figures) {
  if (figures.nonfinite) {
    return false;
  }
  in_a_row_ = tells_nothing_apart(figures) ? in_a_row_ + 1 : 0;
  const bool now = in_a_row_ == kSteps && !told_;
  told_ = told_ || now;
  return now;
}

bool SameScores::tells_nothing_apart(const StepFigures& figures) const {
  const bool alike = figures.differing == 0 && figures.samples >= 2 * ranks_;
  // A set that is known by heart has a gradient of 0 too.
  return (alike || figures.gradient_norm == 0) &&
         figures.top1 < figures.samples;
}

std::string same_scores_warning(
    const StepFigures& figures, double rate, const OptimizerOptions& options) {
  return fmt::format(
      "{} steps in a row, up to step {}, {} (loss {:.4f}, Acc@1 {:.1f}, "
      "gradient norm {:.3g}). Most often too high a learning rate does that, "
      "{:.4g} here: it drives the inputs of the last ReLU units below zero, "
      "where the gradient is 0, so they hardly come back. Start afresh "
      "(--resume never) with a lower rate (optimizer.lr={:.3g}), or with a "
      "warm-up (schedule.warmup_epochs)",
      SameScores::kSteps,
      figures.step + 1,
      figures.differing == 0 ? "every picture got the same scores"
                             : "the gradient was exactly 0",
      figures.loss / figures.samples,
      100 * figures.top1 / figures.samples,
      figures.gradient_norm,
      rate,
      options.lr / 10);
}

}  // namespace convoy
