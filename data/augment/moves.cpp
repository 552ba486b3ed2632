#include "data/augment/moves.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace convoy {

namespace {

/// In 1/65536 pixel.
std::int32_t pixel_fraction(double value) {
  return static_cast<std::int32_t>(std::floor(value * 65536 + 0.5));
}

}  // namespace

Affine rotation_about_middle(double degrees, int height, int width) {
  const double angle = degrees * std::numbers::pi / 180;
  const double cosine = std::cos(angle);
  const double sine = std::sin(angle);
  const double x = width / 2.0;
  const double y = height / 2.0;
  return {
      .xx = cosine,
      .xy = -sine,
      .x0 = x - cosine * x + sine * y,
      .yx = sine,
      .yy = cosine,
      .y0 = y - sine * x - cosine * y};
}

void move_pixels(const Image& in, const Affine& source, Image& out) {
  out.resize(in.height, in.width, in.channels);
  std::fill(out.pixels.begin(), out.pixels.end(), std::uint8_t{0});
  const std::int32_t right_x = pixel_fraction(source.xx);
  const std::int32_t right_y = pixel_fraction(source.yx);
  const std::int32_t down_x = pixel_fraction(source.xy);
  const std::int32_t down_y = pixel_fraction(source.yy);
  const std::int32_t first_x =
      pixel_fraction(source.x0 + source.xx * 0.5 + source.xy * 0.5);
  const std::int32_t first_y =
      pixel_fraction(source.y0 + source.yx * 0.5 + source.yy * 0.5);
  for (int y = 0; y < in.height; ++y) {
    std::int32_t at_x = first_x + y * down_x;
    std::int32_t at_y = first_y + y * down_y;
    std::uint8_t* pixel = out.row(y);
    for (int x = 0; x < in.width; ++x) {
      const std::int32_t from_x = at_x >> 16;
      const std::int32_t from_y = at_y >> 16;
      if (from_x >= 0 && from_x < in.width && from_y >= 0 &&
          from_y < in.height) {
        std::copy_n(in.row(from_y) + from_x * in.channels, in.channels, pixel);
      }
      pixel += in.channels;
      at_x += right_x;
      at_y += right_y;
    }
  }
}

}  // namespace convoy
