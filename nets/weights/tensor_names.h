#pragma once
// What names of tensors must be, read or written.

#include <vector>

#include "nets/module.h"

namespace convoy {

/// Throws WeightError when a name is empty, is no text (UTF-8 without control
/// characters), is longer than kMostTensorNameBytes or comes twice.
void check_tensor_names(const std::vector<NamedTensor>& tensors);

}  // namespace convoy
