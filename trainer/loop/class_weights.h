#pragma once
// How much a sample counts in the loss, by its class.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>

namespace convoy {

/// [classes] float: samples / (classes with samples x samples of the class), so
/// that each class counts alike and a sample 1 on average over the training
/// data; a class without samples has 0. `counts`: samples by label.
at::Tensor balanced_class_weights(
    const std::map<int, std::uint64_t>& counts, int classes);

}  // namespace convoy
