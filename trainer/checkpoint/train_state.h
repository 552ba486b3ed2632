#pragma once
// What a run can't do without, beside tensors: where it is and what it has
// decided.

#include <cstdint>
#include <string>

#include "trainer/config/train_options.h"
#include "trainer/evaluation/hit_counts.h"
#include "trainer/loop/metrics.h"
#include "trainer/loop/precision.h"
#include "trainer/loop/schedule.h"

namespace convoy {

struct TrainState {
  std::int64_t step = 0;  ///< updates done (skipped ones included)
  Sums epoch;             ///< of the epoch so far
  double best_top1 = -1;  ///< Acc@1 of the best evaluation, percent; -1: none
  double best_top5 = 0;   ///< its Acc@5
  double best_loss = 0;   ///< its mean loss
  Shares best_macro;      ///< its macro averages
  std::int64_t best_step = 0;  ///< its step
  bool gave_up = false;        ///< ended early: no better one came
  Plateau plateau;
  LossScale loss_scale;
  std::int64_t nonfinite_total = 0;
  std::int64_t nonfinite_in_a_row = 0;
  double seconds = 0;  ///< of training, over all sessions of the run

  /// Whether an evaluation is better than the best so far; if so it becomes the
  /// best. The lower loss decides between equals.
  bool note_evaluation(const Validation& figures, BestBy by);

  /// The next evaluation is the best: of other data those before say nothing.
  void forget_best();

  std::string to_json() const;
  /// Throws BadData when the text is no state.
  static TrainState from_json(const std::string& text);
};

}  // namespace convoy
