#pragma once
// The state dict in what torch.save pickled.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "nets/module.h"
#include "nets/weights/pickle.h"

namespace convoy {

/// What a pickle says of a storage that lies outside of it.
struct StorageId {
  at::ScalarType type = at::kFloat;
  std::string_view key;
  std::int64_t elements = 0;
  /// Old legacy files: the storage is this window of the one under `key`;
  /// otherwise all of it.
  std::int64_t first = 0;
  std::int64_t window = 0;
};

/// Gives all bytes of a storage, which may outlast the call as long as the
/// file. Throws WeightError.
using StorageBytes = std::function<std::string_view(const StorageId&)>;

/// The id of a storage, from its persistent value. Throws WeightError when that
/// is something else, its type is none of kWeightTypes or its key is longer
/// than kMostStorageKeyBytes.
StorageId read_storage_id(const PickleValue& persistent);

/// The tensors of the state dict that was pickled, in its order: `top` itself
/// or what it holds under one of the names that training programs use. Tensors
/// are copies, row-major, on the CPU. Throws WeightError when there is no state
/// dict, a pickled module in its place, something else than tensors in it, a
/// name twice, more of it than limits.h allows, or the tensors would take more
/// than `most_bytes`.
std::vector<NamedTensor> read_state_dict(
    const PickleValue& top,
    const StorageBytes& storage_bytes,
    std::uint64_t most_bytes);

}  // namespace convoy
