#pragma once
// Decoded pixels.

#include <cstdint>
#include <vector>

namespace convoy {

/// 8-bit pixels, height x width x channels, interleaved, rows from the top; RGB
/// when channels is 3, gray when it is 1. Reuse one object: resizing keeps the
/// allocation.
struct Image {
  int height = 0;
  int width = 0;
  int channels = 0;
  std::vector<std::uint8_t> pixels;

  void resize(int new_height, int new_width, int new_channels) {
    height = new_height;
    width = new_width;
    channels = new_channels;
    pixels.resize(static_cast<std::size_t>(height) * width * channels);
  }
  std::uint8_t* row(int y) {
    return pixels.data() + static_cast<std::size_t>(y) * width * channels;
  }
  const std::uint8_t* row(int y) const {
    return pixels.data() + static_cast<std::size_t>(y) * width * channels;
  }
};

/// In pixels.
struct PictureSize {
  int height = 0;
  int width = 0;
};

/// Whole pixels of a grid.
struct Window {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

}  // namespace convoy
