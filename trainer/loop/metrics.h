#pragma once
// What a batch says about the network: losses and ranks of the true classes.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace convoy {

/// For each sample, how many classes score better than the true one: 0 is a
/// top-1 hit, below 5 a top-5 hit. Equal scores go by class number; NaN scores
/// never hit. logits [N, classes] float, labels [N] int64 → [N] int64.
at::Tensor label_ranks(const at::Tensor& logits, const at::Tensor& labels);

/// Cross entropy of each sample with label smoothing, in fp32. → [N] float.
at::Tensor sample_losses(
    const at::Tensor& logits, const at::Tensor& labels, double label_smoothing);

/// Sums over samples; exact in fp64 for any realistic count.
struct Sums {
  double loss = 0;
  double top1 = 0;
  double top5 = 0;
  double samples = 0;

  void add(const Sums& other);
  /// NaN without samples, as where no step of an interval was finite.
  double mean_loss() const;
  double accuracy1() const;  ///< percent
  double accuracy5() const;  ///< percent
};

}  // namespace convoy
