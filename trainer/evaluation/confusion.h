#pragma once
// How often which class was taken for which.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "trainer/evaluation/sample_result.h"

namespace convoy {

/// Rows are true classes, columns predicted ones; with a threshold one more
/// column holds the samples whose most probable class has less than it: they
/// are "unsure".
class ConfusionMatrix {
 public:
  ConfusionMatrix(
      std::span<const SampleResult> samples,
      std::int64_t classes,
      std::optional<double> threshold = std::nullopt);

  std::int64_t classes() const { return classes_; }
  bool has_unsure() const { return columns_ > classes_; }
  std::int64_t columns() const { return columns_; }
  std::int64_t at(std::int64_t label, std::int64_t predicted) const {
    return counts_[label * columns_ + predicted];
  }
  /// 0 where there is no such column.
  std::int64_t unsure(std::int64_t label) const {
    return has_unsure() ? at(label, classes_) : 0;
  }
  std::int64_t support(std::int64_t label) const;          ///< a row's sum
  std::int64_t predictions(std::int64_t predicted) const;  ///< a column's sum

 private:
  std::int64_t classes_;
  std::int64_t columns_;
  std::vector<std::int64_t> counts_;
};

}  // namespace convoy
