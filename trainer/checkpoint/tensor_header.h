#pragma once
// The header of a safetensors file: where each tensor lies, and the metadata.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "trainer/checkpoint/tensor_file.h"

namespace convoy {

/// The entry of the metadata that holds the checksum of the whole file, and
/// what stands there while it is computed.
constexpr const char* kChecksumName = "convoy.checksum";
constexpr std::string_view kNoChecksum = "0000000000000000";

/// What a header says of a tensor.
struct TensorPlace {
  std::string name;
  at::ScalarType type = at::kFloat;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  ///< bytes, in the data
  std::uint64_t end = 0;
};

struct TensorHeader {
  std::vector<TensorPlace> places;              ///< in the order of the data
  std::map<std::string, std::string> metadata;  ///< without the checksum
};

/// The header of a file that holds `tensors` (the file's, contiguous on the
/// CPU), padded so that data begins 8-byte aligned.
std::string make_tensor_header(
    const TensorFile& file, const std::vector<at::Tensor>& tensors);

/// Parses a header that `data_bytes` bytes of data follow. After it, every byte
/// of the data belongs to exactly one tensor, and to its shape. Throws BadData
/// saying what is wrong; its text does not name the file.
TensorHeader read_tensor_header(
    std::string_view text, std::uint64_t data_bytes);

}  // namespace convoy
