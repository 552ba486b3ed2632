#pragma once
// Batch normalisation over channels (Ioffe and Szegedy 2015).

#include "nets/layers/layer.h"

namespace convoy {

struct BatchNormOptions {
  double epsilon = 1e-5;
  double momentum = 0.1;  ///< of the new in the running statistics
};

/// Parameters `weight`, `bias`; buffers `running_mean`, `running_var`,
/// `num_batches_tracked`, as PyTorch's BatchNorm2d. In training the statistics
/// are those of this rank's micro-batch, or with Pass::sum_over_ranks of all
/// ranks'; the reducer averages the running ones over ranks after every step. A
/// frozen one uses and keeps its running statistics in training too.
class BatchNorm2d : public Layer {
 public:
  explicit BatchNorm2d(int channels, const BatchNormOptions& options = {});

  /// [N, channels, H, W] → same shape.
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override;

  const at::Tensor& weight() const { return weight_; }

 private:
  BatchNormOptions options_;
  at::Tensor weight_;
  at::Tensor bias_;
  at::Tensor running_mean_;
  at::Tensor running_var_;
  at::Tensor num_batches_tracked_;
};

}  // namespace convoy
