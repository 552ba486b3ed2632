#pragma once
// What a forward pass needs to know besides its input.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

namespace convoy {

/// The key of every random draw that a network makes: the same sample in the
/// same step draws the same, on whatever rank, thread or device it is computed.
struct DrawKeys {
  std::uint64_t seed = 0;
  std::int64_t step = 0;
  at::Tensor
      samples;  ///< int64 [batch], on the input's device: dataset indices
};

/// Sums a tensor over ranks in place; on the current stream where it is on
/// CUDA. Every rank calls it as often and with the same shapes.
using SumOverRanks = std::function<void(const at::Tensor&)>;

/// One forward pass. Layers keep no mode of their own, so that one network may
/// be evaluated by several threads at once.
struct Pass {
  bool training = false;
  /// The batches that batch norm has seen are counted elsewhere in this step.
  bool counted = false;
  DrawKeys keys;
  /// When set, batch norm takes the batches of several ranks as one, in forward
  /// and, by a copy, in backward.
  const SumOverRanks* sum_over_ranks = nullptr;
  /// When set, layers add their multiply-accumulates per sample. One thread
  /// only.
  std::int64_t* macs = nullptr;
  /// When set, layers that draw in this pass count themselves. One thread only.
  int* draws = nullptr;
};

}  // namespace convoy
