#pragma once
// The same JPEG in a form of which parts can be decoded.

#include <cstdint>
#include <span>
#include <vector>

#include "data/image/decode.h"
#include "data/image/jpeg/segments.h"

namespace convoy {

/// Writes a baseline JPEG of 1 or 3 channels again: the same coefficients, so
/// the same pixels, with restart markers, and Huffman tables of its own, which
/// make up for them. `segments` tells where the pieces are. What says nothing
/// of how to show it is left out: comments, profiles, thumbnails; EXIF stays
/// where it turns the picture. False, and `out` unspecified, for a JPEG of
/// another kind (progressive, arithmetic, CMYK), which would not gain by it.
/// Throws BadData where libjpeg has anything to say against it, and where two
/// bytes for each sample are more memory than `limits` allows.
bool rewrite_jpeg(
    std::span<const std::uint8_t> bytes,
    const DecodeLimits& limits,
    std::vector<std::uint8_t>& out,
    JpegSegments& segments);

}  // namespace convoy
