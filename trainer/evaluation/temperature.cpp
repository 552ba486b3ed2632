#include "trainer/evaluation/temperature.h"

#include <cmath>

namespace convoy {
namespace {

/// Sums over classes of exp(scale * (score - the highest)).
struct SoftmaxSums {
  double weight = 0;
  double weighted_score = 0;  ///< of the scores less the highest
  double highest = 0;
};

SoftmaxSums softmax_sums(
    std::span<const float> row, std::int64_t best, double scale) {
  SoftmaxSums sums;
  sums.highest = row[best];
  for (const float score : row) {
    const double below = score - sums.highest;
    const double weight = std::exp(scale * below);
    if (weight > 0) {  // below may be -infinity
      sums.weight += weight;
      sums.weighted_score += weight * below;
    }
  }
  return sums;
}

/// Of the summed loss, by the scale 1 / T: the mean score under the network's
/// own probabilities less the score of the true class.
double slope_at(const Predictions& predictions, double scale) {
  double slope = 0;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const SampleResult& sample = predictions.samples[i];
    const auto row = predictions.row(i);
    const SoftmaxSums sums = softmax_sums(row, sample.predicted(), scale);
    const double own = row[sample.label] - sums.highest;
    slope += sums.weighted_score / sums.weight - own;
  }
  return slope;
}

}  // namespace

double best_temperature(const Predictions& predictions) {
  double low = std::log(1 / kMostTemperature);  // of the scale
  double high = std::log(1 / kLeastTemperature);
  const double first_slope = slope_at(predictions, std::exp(low));
  if (first_slope == 0 && slope_at(predictions, std::exp(high)) == 0) {
    return 1;  // of one class, or all alike: no temperature changes anything
  }
  if (first_slope >= 0) {
    return kMostTemperature;
  }
  if (slope_at(predictions, std::exp(high)) <= 0) {
    return kLeastTemperature;
  }
  while (high - low > 1e-7) {
    const double middle = (low + high) / 2;
    (slope_at(predictions, std::exp(middle)) < 0 ? low : high) = middle;
  }
  return std::exp(-(low + high) / 2);
}

Tempered at_temperature(const Predictions& predictions, double temperature) {
  Tempered result;
  double loss = 0;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const SampleResult& sample = predictions.samples[i];
    const auto row = predictions.row(i);
    const SoftmaxSums sums =
        softmax_sums(row, sample.predicted(), 1 / temperature);
    const double own = row[sample.label] - sums.highest;
    loss += std::log(sums.weight) - own / temperature;
    result.confidences.push_back({1 / sums.weight, sample.is_hit()});
  }
  result.mean_loss = loss / static_cast<double>(predictions.size());
  return result;
}

}  // namespace convoy
