#pragma once
// Tensors out of what a pickle says of them: the calls of torch._utils that
// torch.save writes for a tensor, done here.

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "nets/weights/pickle.h"
#include "nets/weights/state_dict.h"

namespace convoy {

/// Whether it is a tensor or parameter as torch.save writes them.
bool is_tensor(const PickleValue& value);

/// The tensor that `value` describes: a copy, row-major, on the CPU. Throws
/// WeightError with a sentence that lacks its beginning, the tensor's name,
/// when it is none, is of an unknown type or kind, does not fit its storage, or
/// would take more than `most_bytes`.
at::Tensor rebuild_tensor(
    const PickleValue& value,
    const StorageBytes& storage_bytes,
    std::uint64_t most_bytes);

}  // namespace convoy
