#pragma once
// Averages over a grid of windows.

#include <ATen/core/Tensor.h>

namespace convoy {

/// x [N, C, H, W] → [N, C, side, side], as PyTorch's adaptive_avg_pool2d: row i
/// is the mean of the rows from floor(i H / side) to ceil((i + 1) H / side),
/// columns likewise. On the CPU it is that, to the bit; on a GPU, where its
/// gradients do not repeat bit by bit, average_by_slices().
at::Tensor average_to(const at::Tensor& x, int side);

/// The same, made of slices and means, whose gradients repeat anywhere.
at::Tensor average_by_slices(const at::Tensor& x, int side);

}  // namespace convoy
