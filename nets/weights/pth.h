#pragma once
// What torch.save writes: since 1.6 a zip archive, before that (and on request)
// pickles with raw storages behind them ("legacy").

#include <cstdint>
#include <string_view>
#include <vector>

#include "nets/module.h"

namespace convoy {

/// Whether the file begins as one of torch.save before 1.6.
bool is_legacy_pth(std::string_view file);

/// The tensors of the state dict in a file, row-major, owning their memory, in
/// the dict's order. Throws WeightError with a sentence that lacks the file's
/// name; see state_dict.h for what the file may hold.
std::vector<NamedTensor> read_pth_zip(std::string_view file);
std::vector<NamedTensor> read_pth_legacy(std::string_view file);

/// The most that the tensors of a file may take. Views of one storage become
/// tensors of their own, so it is more than the file: but not without a bound,
/// since a stride of 0 makes any size out of one element.
constexpr std::uint64_t most_tensor_bytes(std::uint64_t file_bytes) {
  return 8 * file_bytes + (16u << 20);
}

}  // namespace convoy
