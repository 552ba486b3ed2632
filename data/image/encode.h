#pragma once
// Pixels to JPEG and PNG bytes.

#include <cstdint>
#include <vector>

#include "data/image/image.h"

namespace convoy {

/// How much colour detail a JPEG keeps: all of it, or one sample for 2 x 2
/// pixels.
enum class Chroma { full_444, half_420 };

struct JpegOptions {
  int quality = 95;  ///< 1 to 100, libjpeg's scale
  Chroma chroma = Chroma::half_420;
  /// Huffman tables of its own: some 5 % smaller, and slower to write.
  bool optimise = true;
  bool progressive = false;
};

/// Replaces `out`. `image` is gray or RGB, at most 65,500 pixels a side. Throws
/// BadData when libjpeg refuses.
void encode_jpeg(
    const Image& image,
    const JpegOptions& options,
    std::vector<std::uint8_t>& out);

/// Replaces `out`; zlib `level` 0 to 9. `image` is gray or RGB. Throws BadData.
void encode_png(const Image& image, int level, std::vector<std::uint8_t>& out);

}  // namespace convoy
