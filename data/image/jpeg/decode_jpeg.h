#pragma once
// JPEG bytes to pixels with libjpeg-turbo.

#include <cstdint>
#include <span>

#include "data/image/decode.h"

namespace convoy {

/// As Decoder::decode, but orientation is told and not applied. Throws BadData.
ImageFacts decode_jpeg(
    std::span<const std::uint8_t> bytes,
    const DecodeOptions& options,
    Image& out);

/// The header's facts. Throws BadData.
ImageFacts probe_jpeg(std::span<const std::uint8_t> bytes);

}  // namespace convoy
