#pragma once
// Predictions of a few samples, written down by hand.

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "trainer/evaluation/predictions.h"

namespace convoy::testing {

/// Label and the probability of each class.
using Row = std::pair<std::int64_t, std::vector<double>>;

inline Predictions predictions_of(const std::vector<Row>& rows) {
  Predictions made;
  made.classes = static_cast<std::int64_t>(rows.at(0).second.size());
  for (const auto& [label, probabilities] : rows) {
    std::vector<float> logs;
    for (const double p : probabilities) {
      logs.push_back(static_cast<float>(std::log(p)));
    }
    const auto index = static_cast<std::int64_t>(made.samples.size());
    made.samples.push_back(judge(index, label, logs));
    made.log_probabilities.insert(
        made.log_probabilities.end(), logs.begin(), logs.end());
  }
  return made;
}

/// A sample of which only this much matters: the label, what it was taken for
/// and with what probability.
inline SampleResult taken(
    std::int64_t label, std::int64_t predicted, double probability = 1) {
  SampleResult sample;
  sample.label = label;
  sample.rank = label == predicted ? 0 : 1;
  sample.top.fill(kNoClass);
  sample.top[0] = predicted;
  sample.probability = probability;
  return sample;
}

}  // namespace convoy::testing
