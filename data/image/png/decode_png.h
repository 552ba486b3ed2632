#pragma once
// PNG bytes to 8-bit pixels with libpng.

#include <cstdint>
#include <span>

#include "data/image/decode.h"

namespace convoy {

/// As Decoder::decode, but orientation is told and not applied. Throws BadData.
ImageFacts decode_png(
    std::span<const std::uint8_t> bytes,
    const DecodeOptions& options,
    Image& out);

/// The header's facts. Throws BadData.
ImageFacts probe_png(std::span<const std::uint8_t> bytes);

}  // namespace convoy
