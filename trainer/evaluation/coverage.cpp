#include "trainer/evaluation/coverage.h"

#include <algorithm>
#include <functional>

#include "trainer/evaluation/binomial_bound.h"
#include "trainer/evaluation/ratio.h"

namespace convoy {

double Coverage::coverage() const {
  return ratio(covered, samples);
}

double Coverage::accuracy() const {
  return ratio(hits, covered);
}

double Coverage::error() const {
  return ratio(covered - hits, covered);
}

double Coverage::error_limit() const {
  return clopper_pearson_upper(covered - hits, covered, kConfidence);
}

CoverageCurve::CoverageCurve(std::span<const SampleResult> samples) {
  std::vector<const SampleResult*> order;
  for (const SampleResult& sample : samples) {
    order.push_back(&sample);
  }
  std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) {
    return a->probability > b->probability;
  });
  hits_.push_back(0);
  for (const SampleResult* sample : order) {
    probabilities_.push_back(sample->probability);
    hits_.push_back(hits_.back() + (sample->is_hit() ? 1 : 0));
  }
}

Coverage CoverageCurve::of_first(std::size_t covered, double threshold) const {
  return {
      threshold,
      static_cast<std::int64_t>(probabilities_.size()),
      static_cast<std::int64_t>(covered),
      hits_[covered]};
}

Coverage CoverageCurve::at(double threshold) const {
  const auto end = std::upper_bound(
      probabilities_.begin(),
      probabilities_.end(),
      threshold,
      std::greater<>());
  return of_first(
      static_cast<std::size_t>(end - probabilities_.begin()), threshold);
}

std::vector<Coverage> CoverageCurve::table() const {
  std::vector<Coverage> rows;
  for (const double threshold : table_thresholds()) {
    rows.push_back(at(threshold));
  }
  return rows;
}

std::optional<Coverage> CoverageCurve::for_error(double error) const {
  for (std::size_t n = probabilities_.size(); n > 0; --n) {
    const bool is_cut =
        n == probabilities_.size() || probabilities_[n] < probabilities_[n - 1];
    const Coverage here = of_first(n, probabilities_[n - 1]);
    if (is_cut && here.error() <= error) {
      return here;
    }
  }
  return std::nullopt;
}

std::vector<double> table_thresholds() {
  std::vector<double> thresholds;
  for (int percent = 0; percent <= 100; ++percent) {
    thresholds.push_back(percent / 100.0);
  }
  return thresholds;
}

}  // namespace convoy
