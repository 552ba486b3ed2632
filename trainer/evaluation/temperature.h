#pragma once
// Temperature scaling: one number by which scores are divided, so that
// probabilities are neither too sure nor too modest (Guo et al., 2017).

#include <vector>

#include "trainer/evaluation/calibration.h"
#include "trainer/evaluation/predictions.h"

namespace convoy {

constexpr double kLeastTemperature = 0.01;
constexpr double kMostTemperature = 100;

/// The temperature T that makes the mean loss of softmax(log p / T) least, to
/// six digits. The loss is convex in 1 / T, so the sign of its derivative is
/// bisected. kLeastTemperature where every sample is a hit by far,
/// kMostTemperature where guessing is better. Takes predictions with scores, of
/// one sample at least.
double best_temperature(const Predictions& predictions);

/// What the probabilities are at a temperature; 1 leaves them as they are.
struct Tempered {
  double mean_loss = 0;
  std::vector<Confidence> confidences;  ///< by sample
};
Tempered at_temperature(const Predictions& predictions, double temperature);

}  // namespace convoy
