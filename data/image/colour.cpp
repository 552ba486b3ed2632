#include "data/image/colour.h"

namespace convoy {
namespace {

// a * b / 255, rounded, for bytes.
int multiply_255(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

}  // namespace

void to_gray(Image& image) {
  if (image.channels == 1) {
    return;
  }
  const std::size_t count =
      static_cast<std::size_t>(image.height) * image.width;
  std::uint8_t* bytes = image.pixels.data();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* rgb = bytes + 3 * i;
    const std::uint32_t luma =
        19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 32768u;
    bytes[i] = static_cast<std::uint8_t>(luma >> 16);
  }
  image.resize(image.height, image.width, 1);
}

void to_rgb(Image& image) {
  if (image.channels == 3) {
    return;
  }
  const std::size_t count =
      static_cast<std::size_t>(image.height) * image.width;
  image.resize(image.height, image.width, 3);
  std::uint8_t* bytes = image.pixels.data();
  // From the end, so that no value is overwritten before it is read.
  for (std::size_t i = count; i-- > 0;) {
    const std::uint8_t value = bytes[i];
    bytes[3 * i] = value;
    bytes[3 * i + 1] = value;
    bytes[3 * i + 2] = value;
  }
}

void inverted_cmyk_to_rgb(
    const std::uint8_t* cmyk, int pixels, std::uint8_t* rgb) {
  for (int i = 0; i < pixels; ++i, cmyk += 4, rgb += 3) {
    const int light = cmyk[3];
    for (int c = 0; c < 3; ++c) {
      rgb[c] =
          static_cast<std::uint8_t>(light - multiply_255(255 - cmyk[c], light));
    }
  }
}

}  // namespace convoy
