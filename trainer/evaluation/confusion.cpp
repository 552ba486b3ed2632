#include "trainer/evaluation/confusion.h"

namespace convoy {

ConfusionMatrix::ConfusionMatrix(
    std::span<const SampleResult> samples,
    std::int64_t classes,
    std::optional<double> threshold)
    : classes_(classes),
      columns_(classes + (threshold ? 1 : 0)),
      counts_(static_cast<std::size_t>(classes_ * columns_), 0) {
  for (const SampleResult& sample : samples) {
    const bool is_unsure = threshold && sample.probability < *threshold;
    const std::int64_t column = is_unsure ? classes_ : sample.predicted();
    counts_[sample.label * columns_ + column] += 1;
  }
}

std::int64_t ConfusionMatrix::support(std::int64_t label) const {
  std::int64_t sum = 0;
  for (std::int64_t column = 0; column < columns_; ++column) {
    sum += at(label, column);
  }
  return sum;
}

std::int64_t ConfusionMatrix::predictions(std::int64_t predicted) const {
  std::int64_t sum = 0;
  for (std::int64_t label = 0; label < classes_; ++label) {
    sum += at(label, predicted);
  }
  return sum;
}

}  // namespace convoy
