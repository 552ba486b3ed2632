#pragma once
// Hits by class, counted while an evaluation runs: for its macro averages.

#include <cstdint>
#include <span>
#include <vector>

#include "trainer/evaluation/class_figures.h"
#include "trainer/loop/metrics.h"

namespace convoy {

/// Whole numbers, so that neither the order of samples nor the ranks that they
/// are counted on change what comes of them.
class HitCounts {
 public:
  explicit HitCounts(std::int64_t classes);

  /// By its most probable class.
  void add(const SampleResult& sample);
  /// All counts, to be summed over ranks.
  std::span<std::int64_t> numbers() { return numbers_; }
  /// Over the classes that have samples; zeros where none has.
  Shares macro() const;

 private:
  std::vector<std::int64_t> numbers_;  ///< support, predicted, hits by class
};

/// What training looks at of an evaluation.
struct Validation {
  Sums sums;     ///< no samples: there was none
  Shares macro;  ///< HitCounts::macro()
};

}  // namespace convoy
