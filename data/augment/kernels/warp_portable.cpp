// Bilinear sampling of a row, for any CPU and any number of channels.

#include <algorithm>

#include "data/augment/kernels/warp_kernels.h"

namespace convoy {

void warp_row_portable(const WarpRow& row, std::uint8_t* out) {
  for (int i = 0; i < row.count; ++i) {
    const std::int32_t x = std::clamp(row.x + i * row.step_x, 0, row.most_x);
    const std::int32_t y = std::clamp(row.y + i * row.step_y, 0, row.most_y);
    const int right = ((x & 0xFFFF) + 256) >> 9;
    const int below = ((y & 0xFFFF) + 256) >> 9;
    const std::uint8_t* upper =
        row.source + (y >> 16) * row.down + (x >> 16) * row.channels;
    const std::uint8_t* lower = upper + row.down;
    for (int c = 0; c < row.channels; ++c) {
      const int next = c + row.channels;
      const int sum =
          (128 - below) * ((128 - right) * upper[c] + right * upper[next]) +
          below * ((128 - right) * lower[c] + right * lower[next]);
      *out++ = static_cast<std::uint8_t>((sum + (1 << 13)) >> 14);
    }
  }
}

}  // namespace convoy
