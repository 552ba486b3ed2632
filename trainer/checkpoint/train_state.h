#pragma once
// What a run can't do without, beside tensors: where it is and what it has
// decided.

#include <cstdint>
#include <string>

#include "trainer/loop/metrics.h"
#include "trainer/loop/precision.h"
#include "trainer/loop/schedule.h"

namespace convoy {

struct TrainState {
  std::int64_t step = 0;       ///< updates done (skipped ones included)
  Sums epoch;                  ///< of the epoch so far
  double best_top1 = -1;       ///< best validation Acc@1, percent; -1: none yet
  double best_loss = 0;        ///< of that evaluation; decides between equals
  std::int64_t best_step = 0;  ///< step of that evaluation
  Plateau plateau;
  LossScale loss_scale;
  std::int64_t nonfinite_total = 0;
  std::int64_t nonfinite_in_a_row = 0;
  double seconds = 0;  ///< of training, over all sessions of the run

  /// Whether an evaluation with these figures is better than the best so far;
  /// if so it becomes the best. More hits win; of as many, the lower loss.
  bool note_evaluation(double top1, double loss);

  std::string to_json() const;
  /// Throws BadData when the text is no state.
  static TrainState from_json(const std::string& text);
};

}  // namespace convoy
