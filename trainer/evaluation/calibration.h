#pragma once
// Whether a network is right as often as it says: reliability and the expected
// calibration error (Guo et al., "On calibration of modern neural networks",
// 2017).

#include <array>
#include <cstdint>
#include <span>

namespace convoy {

/// How sure the network was of the class that it chose, and whether it was
/// right.
struct Confidence {
  double probability = 0;
  bool is_hit = false;
};

constexpr std::size_t kReliabilityBins = 15;

/// Samples whose probability lies in (lower, upper].
struct ReliabilityBin {
  double lower = 0;
  double upper = 0;
  std::int64_t samples = 0;
  std::int64_t hits = 0;
  double probability_sum = 0;

  double accuracy() const;          ///< NaN without samples
  double mean_probability() const;  ///< NaN without samples
};

/// Bins of equal width; a probability of 0 is in the first.
using Reliability = std::array<ReliabilityBin, kReliabilityBins>;

Reliability reliability(std::span<const Confidence> samples);

/// The mean over samples of |accuracy - mean probability| of their bin; NaN
/// without samples.
double expected_calibration_error(const Reliability& bins);

}  // namespace convoy
