#pragma once
// Pictures for tests, from a seed.

#include <cmath>
#include <random>

#include "data/image/image.h"

namespace convoy::testing {

/// Independent uniform pixels: no two neighbours agree, so that a wrong tap
/// shows.
inline Image random_picture(
    int height, int width, int channels, unsigned seed) {
  Image image;
  image.resize(height, width, channels);
  std::mt19937 random(seed);
  for (std::uint8_t& value : image.pixels) {
    value = static_cast<std::uint8_t>(random());
  }
  return image;
}

/// Slow waves in each channel: what interpolation reproduces well.
inline Image smooth_picture(int height, int width, int channels) {
  Image image;
  image.resize(height, width, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        const double wave = std::sin(0.031 * x + 0.7 * c) +
                            std::cos(0.027 * y - 0.4 * c) +
                            std::sin(0.011 * (x + y));
        image.row(y)[x * channels + c] =
            static_cast<std::uint8_t>(std::lround(127.5 + 40 * wave));
      }
    }
  }
  return image;
}

}  // namespace convoy::testing
