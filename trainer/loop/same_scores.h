#pragma once
// Notices a network that no longer tells one picture from another: SqueezeNet
// ends in a ReLU, and where too high a rate drives all its inputs below zero,
// every class scores 0 for every picture and the gradient is 0 for ever.

#include <string>

#include "trainer/config/train_options.h"
#include "trainer/loop/readback.h"

namespace convoy {

class SameScores {
 public:
  /// Steps in a row that are no accident. A network whose last layer starts at
  /// zero has one such step, its first.
  static constexpr int kSteps = 10;

  explicit SameScores(int ranks) : ranks_(ranks) {}

  /// Takes in a step. True once: when it is the kSteps-th in a row that gave
  /// all samples of a rank the same scores, or whose gradient was exactly 0,
  /// and some of them were wrong. A step that was skipped counts for nothing,
  /// and scores are compared where each rank has two samples at least.
  bool observe(const StepFigures& figures);

 private:
  bool tells_nothing_apart(const StepFigures& figures) const;

  int ranks_;
  int in_a_row_ = 0;
  bool told_ = false;
};

/// What was seen, why, and what to set. `rate` is the step's.
std::string same_scores_warning(
    const StepFigures& figures, double rate, const OptimizerOptions& options);

}  // namespace convoy
