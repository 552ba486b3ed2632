#include "data/image/orientation.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace convoy {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool starts_with(Bytes bytes, std::string_view what) {
  return bytes.size() >= what.size() &&
         std::memcmp(bytes.data(), what.data(), what.size()) == 0;
}

// A number of `size` bytes at `offset`, which lies inside.
std::uint32_t number(Bytes bytes, std::size_t offset, int size, bool little) {
  std::uint32_t value = 0;
  for (int i = 0; i < size; ++i) {
    value = value << 8 | bytes[offset + (little ? size - 1 - i : i)];
  }
  return value;
}

// Tag 0x0112 in the first directory of a TIFF block, which is what EXIF is.
int tiff_orientation(Bytes tiff) {
  const bool little = starts_with(tiff, "II");
  if (tiff.size() < 8 || (!little && !starts_with(tiff, "MM"))) {
    return 1;
  }
  const std::size_t directory = number(tiff, 4, 4, little);
  if (directory + 2 > tiff.size()) {
    return 1;
  }
  const std::size_t entries = number(tiff, directory, 2, little);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.size()) {
      return 1;
    }
    if (number(tiff, entry, 2, little) == 0x0112) {
      const std::uint32_t value = number(tiff, entry + 8, 2, little);
      return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
  }
  return 1;
}

}  // namespace

int jpeg_orientation(Bytes bytes) {
  std::size_t at = 2;
  while (at + 4 <= bytes.size() && bytes[at] == 0xFF) {
    const std::uint8_t marker = bytes[at + 1];
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) {  // pixels, or the end
      return 1;
    }
    const std::size_t length = number(bytes, at + 2, 2, false);
    if (length < 2 || at + 2 + length > bytes.size()) {
      return 1;
    }
    const Bytes body = bytes.subspan(at + 4, length - 2);
    if (marker == 0xE1 && starts_with(body, {"Exif\0\0", 6})) {
      return tiff_orientation(body.subspan(6));
    }
    at += 2 + length;
  }
  return 1;
}

int png_orientation(Bytes bytes) {
  std::size_t at = 8;
  while (at + 12 <= bytes.size()) {
    const std::size_t length = number(bytes, at, 4, false);
    if (length > bytes.size() - at - 12) {
      return 1;
    }
    if (starts_with(bytes.subspan(at + 4), "eXIf")) {
      return tiff_orientation(bytes.subspan(at + 8, length));
    }
    at += 12 + length;
  }
  return 1;
}

void make_upright(const Image& in, int orientation, Image& out) {
  const bool transposed = orientation >= 5;
  // Which way the stored picture is walked: from its right, from its bottom.
  const bool from_right = orientation == 2 || orientation == 3 ||
                          orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 ||
                           orientation == 6 || orientation == 7;
  const std::ptrdiff_t along = from_right ? -1 : 1;
  const std::ptrdiff_t down = from_bottom ? -in.width : in.width;
  const std::ptrdiff_t step_x = (transposed ? down : along) * in.channels;
  const std::ptrdiff_t step_y = (transposed ? along : down) * in.channels;
  const std::uint8_t* line =
      in.row(from_bottom ? in.height - 1 : 0) +
      static_cast<std::ptrdiff_t>(from_right ? in.width - 1 : 0) * in.channels;
  out.resize(
      transposed ? in.width : in.height,
      transposed ? in.height : in.width,
      in.channels);
  for (int y = 0; y < out.height; ++y, line += step_y) {
    const std::uint8_t* from = line;
    std::uint8_t* to = out.row(y);
    for (int x = 0; x < out.width; ++x, from += step_x) {
      to = std::copy_n(from, in.channels, to);
    }
  }
}

}  // namespace convoy
