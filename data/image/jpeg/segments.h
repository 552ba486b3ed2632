#pragma once
// Where the pieces of a JPEG lie that can be decoded by themselves: between
// restart markers (ITU-T T.81, B.2.1) nothing depends on what came before.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace convoy {

/// The entropy-coded segments of a baseline JPEG with one scan, whose restart
/// interval divides a row of MCUs: segments lie in rows and columns as their
/// pixels do.
struct JpegSegments {
  std::uint32_t scan_offset = 0;  ///< of the first segment, in the file
  int columns = 0;                ///< segments in a row of MCUs
  /// Of each segment, its marker not counted; by rows. After all but the last
  /// come the two bytes of a restart marker.
  std::vector<std::uint32_t> sizes;

  bool operator==(const JpegSegments&) const = default;
};

/// As bytes: a version (1), scan_offset, columns, the number of sizes and the
/// sizes, all as varints of 7 bits a byte, the lowest first.
std::string serialise_segments(const JpegSegments& segments);

/// Nothing where the bytes are no such thing or of a later version. Total on
/// any bytes.
std::optional<JpegSegments> parse_segments(std::span<const std::uint8_t> bytes);

}  // namespace convoy
