#pragma once
// What a measured step of few ranks says of more of them.

#include <vector>

#include "distributed/cost_model.h"
#include "trainer/loop/scaling.h"

namespace convoy {

struct Forecast {
  ScalingSeries series;
  StepLoad load;
  Prediction step;  ///< efficiency: over that of the row it is made from
  double images_per_second = 0;
};

/// predict_step() of `row`'s step with another load: loading and computing take
/// time in proportion to a rank's share, the optimizer always the same.
Forecast forecast(
    const ScalingRow& row,
    const StepLoad& load,
    int ranks,
    const AllReduceCost& cost);

/// A row beside what the row of its series' fewest ranks predicts for it, with
/// all-reduces that cost what was measured between its ranks.
struct Checked {
  const ScalingRow* row;
  Forecast predicted;

  /// Of images a second: 0.1 where 10 % more were predicted than measured.
  double error() const {
    return predicted.images_per_second / row->images_per_second - 1;
  }
};

/// All rows above the fewest ranks; they point into `rows`.
std::vector<Checked> check_predictions(const std::vector<ScalingRow>& rows);

}  // namespace convoy
