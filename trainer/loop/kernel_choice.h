#pragma once
// Which of a GPU's kernels LibTorch may choose from.

#include <c10/core/Device.h>

namespace convoy {

/// Only kernels whose result repeats bit by bit; slower. To be called before
/// the first operation on a GPU, since cuBLAS reads its setting once. An
/// operation that has no such kernel throws c10::Error with its name. On the
/// CPU everything repeats anyway.
void use_deterministic_kernels();

/// Whether the same operations on `device` give the same bits every time.
bool repeats_bit_by_bit(c10::Device device);

}  // namespace convoy
