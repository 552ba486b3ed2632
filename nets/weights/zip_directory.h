#pragma once
// The directory at the end of a zip archive.

#include <cstdint>
#include <string_view>
#include <vector>

namespace convoy {

/// An entry as the directory describes it; sizes and offset are those of the
/// zip64 field where there is one.
struct ZipRecord {
  std::string_view name;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed_size = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  ///< of the entry's own header in the file
};

struct ZipDirectory {
  std::vector<ZipRecord> records;
  std::uint64_t offset = 0;  ///< where the entries end and the directory begins
};

/// Flag of an entry whose own header leaves out CRC and sizes.
constexpr std::uint16_t kZipSizesBehindData = 1 << 3;

/// The directory of `file`, which ends with it. Throws WeightError when it is
/// incomplete or contradicts itself.
ZipDirectory read_zip_directory(std::string_view file);

/// Replaces each of the sizes in `values` that is all ones (in 32 bits) by the
/// next number of the zip64 field of `extra`, as the format has it. Throws
/// WeightError when there is no such number.
void widen_zip_sizes(
    std::string_view extra, std::vector<std::uint64_t*> values);

}  // namespace convoy
