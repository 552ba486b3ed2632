#pragma once
// The inner loops of warp.h. Positions are in 1/65536 pixel, weights in 1/128
// an axis.

#include <cstddef>
#include <cstdint>

namespace convoy {

/// Bytes that warp_rgb_row_avx2 may read past the last pixel of the source.
constexpr std::size_t kWarpReadPast = 16;

/// One output row of `count` pixels: pixel i is taken from the source at
/// (x + i * step_x, y + i * step_y), clamped to (0, 0) .. (most_x, most_y).
struct WarpRow {
  const std::uint8_t* source;
  std::ptrdiff_t
      down;  ///< bytes to the pixel below; 0 when there is but one row
  int channels;
  std::int32_t x;
  std::int32_t y;
  std::int32_t step_x;
  std::int32_t step_y;
  std::int32_t most_x;
  std::int32_t most_y;
  int count;
};

void warp_row_portable(const WarpRow& row, std::uint8_t* out);

/// The same bits, for RGB.
void warp_rgb_row_avx2(const WarpRow& row, std::uint8_t* out);

}  // namespace convoy
