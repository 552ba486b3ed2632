#pragma once
// Dropout whose masks are keyed by (seed, step, sample, layer): the same on any
// number of ranks and threads, on CPU and GPU, and after a resume.

#include <ATen/core/Tensor.h>

#include "nets/layers/layer.h"

namespace convoy {

/// One mask: which elements of x [N, ...] survive, by Philox4x32-10 (Salmon et
/// al. 2011) with key seed + layer and counter (sample, step, element).
struct DropoutDraw {
  std::uint64_t seed = 0;
  std::int64_t step = 0;
  std::int64_t elements = 0;  ///< per sample
  double probability = 0;     ///< of being dropped
};

/// The CPU and CUDA twins: fill `mask` [N, elements] (float, 0 or 1 / (1 - p))
/// for the samples [N]. Same values on both.
void fill_dropout_mask_cpu(
    const DropoutDraw& draw, const at::Tensor& samples, const at::Tensor& mask);
void fill_dropout_mask_cuda(
    const DropoutDraw& draw, const at::Tensor& samples, const at::Tensor& mask);

/// x [N, ...] with each element zeroed with probability p and the rest scaled
/// by 1 / (1 - p); x itself when not training. `layer` tells the network's
/// dropout layers apart.
at::Tensor dropout(
    const at::Tensor& x, double probability, const Pass& pass, int layer);

/// Stochastic depth (Huang et al. 2016, by sample): x [N, ...], a residual
/// branch, zeroed for a sample with probability p and scaled by 1 / (1 - p)
/// for the others; x itself when not training. Layers are numbered together
/// with the dropout layers.
at::Tensor stochastic_depth(
    const at::Tensor& x, double probability, const Pass& pass, int layer);

/// dropout() as a layer of a Sequential.
class Dropout : public Layer {
 public:
  Dropout(double probability, int layer)
      : probability_(probability), layer_(layer) {}

  at::Tensor forward(const at::Tensor& x, const Pass& pass) const override {
    return dropout(x, probability_, pass, layer_);
  }

 private:
  double probability_;
  int layer_;
};

}  // namespace convoy
