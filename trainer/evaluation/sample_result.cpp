#include "trainer/evaluation/sample_result.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace convoy {
namespace {

std::int64_t rank_of_label(
    std::int64_t label, std::span<const float> log_probabilities) {
  const float own = log_probabilities[label];
  std::int64_t rank = 0;
  for (std::size_t c = 0; c < log_probabilities.size(); ++c) {
    const float other = log_probabilities[c];
    const bool comes_first = static_cast<std::int64_t>(c) < label;
    rank += other > own || (other == own && comes_first) || std::isnan(other) ||
                    std::isnan(own)
                ? 1
                : 0;
  }
  return rank;
}

std::array<std::int64_t, kTopClasses> top_classes(
    std::span<const float> log_probabilities) {
  std::vector<std::int64_t> order(log_probabilities.size());
  std::iota(order.begin(), order.end(), 0);
  const auto size = static_cast<std::int64_t>(order.size());
  const std::int64_t shown = std::min(kTopClasses, size);
  const auto score = [&](std::int64_t c) {
    const float value = log_probabilities[c];
    return std::isnan(value) ? -std::numeric_limits<float>::infinity() : value;
  };
  std::partial_sort(
      order.begin(),
      order.begin() + shown,
      order.end(),
      [&](std::int64_t a, std::int64_t b) {
        return score(a) > score(b) || (score(a) == score(b) && a < b);
      });
  std::array<std::int64_t, kTopClasses> top;
  top.fill(kNoClass);
  std::copy_n(order.begin(), shown, top.begin());
  return top;
}

}  // namespace

SampleResult judge(
    std::int64_t index,
    std::int64_t label,
    std::span<const float> log_probabilities) {
  SampleResult result;
  result.index = index;
  result.label = label;
  result.rank = rank_of_label(label, log_probabilities);
  result.top = top_classes(log_probabilities);
  const double own = log_probabilities[label];
  result.probability =
      std::exp(static_cast<double>(log_probabilities[result.predicted()]));
  result.label_probability = std::exp(own);
  result.loss = 0 - own;  // not the -0 that a negation makes of 0
  return result;
}

Sums sums_of(std::span<const SampleResult> samples) {
  Sums sums;
  for (const SampleResult& sample : samples) {
    sums.loss += sample.loss;
    sums.top1 += sample.is_hit() ? 1 : 0;
    sums.top5 += sample.is_hit5() ? 1 : 0;
    sums.samples += 1;
  }
  return sums;
}

}  // namespace convoy
