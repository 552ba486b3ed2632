#pragma once
// Colour conversions by rule, in the integer arithmetic of Pillow.

#include <cstdint>

#include "data/image/image.h"

namespace convoy {

/// RGB to gray in place: ITU-R 601 luma, (19595 R + 38470 G + 7471 B + 32768) /
/// 65536. A gray image stays as it is.
void to_gray(Image& image);

/// Gray to RGB in place. An RGB image stays as it is.
void to_rgb(Image& image);

/// One row of inverted CMYK (Adobe's way: 255 is no ink), 4 bytes a pixel, to
/// RGB.
void inverted_cmyk_to_rgb(
    const std::uint8_t* cmyk, int pixels, std::uint8_t* rgb);

}  // namespace convoy
