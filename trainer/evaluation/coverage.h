#pragma once
// What it brings to leave doubtful samples to somebody else: coverage and
// accuracy where the most probable class has at least a threshold.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "trainer/evaluation/sample_result.h"

namespace convoy {

/// One-sided, of every confidence limit in a report.
constexpr double kConfidence = 0.95;

struct Coverage {
  double threshold = 0;
  std::int64_t samples = 0;
  std::int64_t covered = 0;  ///< of probability >= threshold; others: unsure
  std::int64_t hits = 0;     ///< of those

  double coverage() const;
  double accuracy() const;  ///< of what is covered; NaN where nothing is
  double error() const;     ///< 1 - accuracy
  /// Upper limit of Clopper and Pearson for the error, at kConfidence.
  double error_limit() const;
};

/// The samples by probability.
class CoverageCurve {
 public:
  explicit CoverageCurve(std::span<const SampleResult> samples);

  Coverage at(double threshold) const;

  /// At 0, 0.01, ... 1.
  std::vector<Coverage> table() const;

  /// The lowest threshold, so that of most coverage, whose error is at most
  /// `error`; it is a probability that a sample has. Empty when there is none.
  std::optional<Coverage> for_error(double error) const;

 private:
  Coverage of_first(std::size_t covered, double threshold) const;

  std::vector<double> probabilities_;  ///< falling
  std::vector<std::int64_t> hits_;     ///< of the first n samples
};

/// The thresholds of CoverageCurve::table().
std::vector<double> table_thresholds();

}  // namespace convoy
