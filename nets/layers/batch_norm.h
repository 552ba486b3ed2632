#pragma once
// Batch normalisation over channels (Ioffe and Szegedy 2015).

#include "nets/module.h"
#include "nets/pass.h"

namespace convoy {

/// Parameters `weight`, `bias`; buffers `running_mean`, `running_var`,
/// `num_batches_tracked`, as PyTorch's BatchNorm2d (momentum 0.1, epsilon
/// 1e-5). In training the statistics are those of this rank's micro-batch; the
/// reducer averages the running ones over ranks after every step. A frozen one
/// uses and keeps its running statistics in training too.
class BatchNorm2d : public Module {
 public:
  explicit BatchNorm2d(int channels);

  /// [N, channels, H, W] → same shape.
  at::Tensor forward(const at::Tensor& x, const Pass& pass) const;

  const at::Tensor& weight() const { return weight_; }

 private:
  at::Tensor weight_;
  at::Tensor bias_;
  at::Tensor running_mean_;
  at::Tensor running_var_;
  at::Tensor num_batches_tracked_;
};

}  // namespace convoy
