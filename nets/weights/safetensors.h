#pragma once
// The safetensors format (huggingface/safetensors, version 0.4's description):
// u64 length of a header, a JSON header {name: {dtype, shape, data_offsets}}
// with an optional "__metadata__" of texts, then the tensors' bytes, row-major
// and little-endian, one behind the other without a gap.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nets/weights/tensor_view.h"
#include "nets/weights/weights.h"

namespace convoy {

/// Whether the file begins as a safetensors file does.
bool is_safetensors(std::string_view file);

/// The tensors in the order of their bytes. Throws WeightError with a sentence
/// that lacks the file's name when a length is wrong, tensors overlap or leave
/// a gap, a name comes twice, or the header is longer than 100 MB or no such
/// JSON.
Weights read_safetensors(std::string_view file);

/// What a header says of a tensor.
struct SafetensorsPlace {
  std::string name;
  at::ScalarType type = at::kFloat;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  ///< bytes, behind the header
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::vector<SafetensorsPlace> places;  ///< by their begins
  std::map<std::string, std::string> metadata;
};

/// Reads a header that `data_bytes` bytes follow. After it every one of those
/// belongs to exactly one tensor, and to its shape. Throws WeightError.
SafetensorsHeader read_safetensors_header(
    std::string_view json, std::uint64_t data_bytes);

}  // namespace convoy
