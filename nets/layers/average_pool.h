#pragma once
// Averages over a grid of windows.

#include <ATen/core/Tensor.h>

namespace convoy {

/// x [N, C, H, W] → [N, C, side, side], the windows as those of PyTorch's
/// adaptive_avg_pool2d: row i is the mean of the rows from floor(i H / side) to
/// ceil((i + 1) H / side), columns likewise. Made of slices and means, whose
/// gradients repeat bit by bit on a GPU; adaptive_avg_pool2d's does not.
at::Tensor average_to(const at::Tensor& x, int side);

}  // namespace convoy
