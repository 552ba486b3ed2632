#pragma once
// How a camera was held: the EXIF orientation of a file, and pixels put upright
// by it.

#include <cstdint>
#include <span>

#include "data/image/image.h"

namespace convoy {

/// The EXIF orientation (1 to 8) that a JPEG's APP1 or a PNG's eXIf holds; 1
/// when there is none or it makes no sense. Total on any bytes.
int jpeg_orientation(std::span<const std::uint8_t> bytes);
int png_orientation(std::span<const std::uint8_t> bytes);

/// `in`, stored with `orientation`, as it should be seen. `in` and `out` are
/// distinct.
void make_upright(const Image& in, int orientation, Image& out);

}  // namespace convoy
