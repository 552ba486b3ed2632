#pragma once
// Named tensors in one file: the safetensors format (8-byte header length, JSON
// header, raw little-endian data), with an XXH3-64 checksum of the whole file
// in its metadata. Other programs read the file as any safetensors file.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "nets/module.h"

namespace convoy {

struct TensorFile {
  std::vector<NamedTensor> tensors;  ///< row-major, on the CPU
  std::map<std::string, std::string> metadata;
};

/// Writes the tensors (any device and memory format) and metadata; the file
/// appears whole or not at all. Throws WriteFailure.
void write_tensor_file(
    const std::filesystem::path& path, const TensorFile& file);

/// Reads a file that write_tensor_file wrote. Every length is checked before it
/// is used. Throws MissingInput when there is none, BadData when it is cut,
/// altered or no such file.
TensorFile read_tensor_file(const std::filesystem::path& path);

}  // namespace convoy
