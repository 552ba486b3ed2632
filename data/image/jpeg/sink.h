#pragma once
// Where libjpeg writes: a vector that grows.

#include <array>
#include <cstdint>
#include <vector>

#include "data/image/jpeg/errors.h"

namespace convoy {

/// Hands libjpeg one buffer after another, and collects them. The compressor's
/// errors are JpegErrors.
struct JpegSink {
  jpeg_destination_mgr base{};  ///< first: libjpeg hands it back to us
  std::vector<std::uint8_t>* bytes = nullptr;
  std::array<std::uint8_t, 1 << 14> buffer;

  /// Appends to `out`, which outlives it.
  explicit JpegSink(std::vector<std::uint8_t>& out);
};

}  // namespace convoy
