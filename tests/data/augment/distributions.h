#pragma once
// Comparing distributions.

#include <algorithm>
#include <cmath>
#include <vector>

namespace convoy::testing {

/// The largest distance between two samples' distribution functions.
inline double kolmogorov_smirnov(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double most = 0;
  for (double value : a) {
    const auto below = [&](const std::vector<double>& sample) {
      return (std::upper_bound(sample.begin(), sample.end(), value) -
              sample.begin()) /
             double(sample.size());
    };
    most = std::max(most, std::abs(below(a) - below(b)));
  }
  return most;
}

/// The largest distance between a sample's distribution function and
/// `distribution(x)`, the probability of less than x.
template <class Distribution>
double distance_to(
    std::vector<double> sample, const Distribution& distribution) {
  std::sort(sample.begin(), sample.end());
  double most = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double below =
        (static_cast<double>(i) + 0.5) / static_cast<double>(sample.size());
    most = std::max(most, std::abs(distribution(sample[i]) - below));
  }
  return most;
}

}  // namespace convoy::testing
