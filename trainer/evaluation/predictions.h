#pragma once
// The samples of an evaluation with what the network says of each.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "trainer/evaluation/sample_result.h"

namespace convoy {

/// What an evaluation keeps of each sample beside its sums. `samples`: a
/// SampleResult, 88 bytes. `scores`: the probability of every class too, 4
/// bytes each, as calibration and the merging of classes need it.
enum class Keep { nothing, samples, scores };

struct Predictions {
  std::int64_t classes = 0;
  std::vector<SampleResult> samples;  ///< by index in the dataset
  /// With Keep::scores a row of `classes` for each sample, else nothing.
  std::vector<float> log_probabilities;

  std::size_t size() const { return samples.size(); }
  std::span<const float> row(std::size_t sample) const {
    return std::span(log_probabilities)
        .subspan(sample * classes, static_cast<std::size_t>(classes));
  }
};

/// The samples of a batch that have a label, in its order, with their scores.
/// All on the host: ids and labels int64 [N], log_probabilities float
/// [N, classes]. Throws BadData when a label is none of the classes.
Predictions judge_batch(
    const at::Tensor& ids,
    const at::Tensor& labels,
    const at::Tensor& log_probabilities);

/// Takes the memory for so many samples at once, as far as they are kept.
void reserve(std::uint64_t samples, Keep keep, Predictions& into);

/// Adds as much of `from` as is kept behind what `into` holds.
void append(const Predictions& from, Keep keep, Predictions& into);

}  // namespace convoy
