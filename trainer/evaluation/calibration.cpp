#include "trainer/evaluation/calibration.h"

#include <algorithm>
#include <cmath>

#include "trainer/evaluation/ratio.h"

namespace convoy {

double ReliabilityBin::accuracy() const {
  return ratio(hits, samples);
}

double ReliabilityBin::mean_probability() const {
  return samples > 0 ? probability_sum / static_cast<double>(samples)
                     : std::nan("");
}

Reliability reliability(std::span<const Confidence> samples) {
  constexpr double kBins = kReliabilityBins;
  Reliability bins{};
  for (std::size_t b = 0; b < kReliabilityBins; ++b) {
    bins[b].lower = static_cast<double>(b) / kBins;
    bins[b].upper = static_cast<double>(b + 1) / kBins;
  }
  for (const Confidence& sample : samples) {
    const auto above = std::lower_bound(
        bins.begin(),
        bins.end() - 1,
        sample.probability,
        [](const ReliabilityBin& bin, double p) { return bin.upper < p; });
    above->samples += 1;
    above->hits += sample.is_hit ? 1 : 0;
    above->probability_sum += sample.probability;
  }
  return bins;
}

double expected_calibration_error(const Reliability& bins) {
  double sum = 0;
  std::int64_t samples = 0;
  for (const ReliabilityBin& bin : bins) {
    // |hits / n - probabilities / n| * n
    sum += std::abs(static_cast<double>(bin.hits) - bin.probability_sum);
    samples += bin.samples;
  }
  return samples > 0 ? sum / static_cast<double>(samples) : std::nan("");
}

}  // namespace convoy
