#pragma once
// What the network says of one sample: what every figure of an evaluation is
// made of.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "trainer/loop/metrics.h"

namespace convoy {

/// As many classes as Acc@5 and recall@5 look at.
constexpr std::int64_t kTopClasses = 5;
/// A place among the top classes where there are fewer.
constexpr std::int64_t kNoClass = -1;

struct SampleResult {
  std::int64_t index = 0;  ///< in the dataset
  std::int64_t label = 0;
  std::int64_t rank = 0;  ///< of the label: classes that are more probable
  std::array<std::int64_t, kTopClasses> top{};  ///< most probable first
  double probability = 0;                       ///< of top[0]
  double label_probability = 0;
  double loss = 0;  ///< -log label_probability

  std::int64_t predicted() const { return top[0]; }
  bool is_hit() const { return rank < 1; }
  bool is_hit5() const { return rank < kTopClasses; }
};

/// `log_probabilities` of every class; the label is one of them. Equal ones go
/// by class number; NaN ranks behind all others, and a label never hits where
/// there is one: as in label_ranks().
SampleResult judge(
    std::int64_t index,
    std::int64_t label,
    std::span<const float> log_probabilities);

/// Counts, and losses in the order of the samples.
Sums sums_of(std::span<const SampleResult> samples);

}  // namespace convoy
