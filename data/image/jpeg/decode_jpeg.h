#pragma once
// JPEG bytes to pixels with libjpeg-turbo.

#include <cstdint>
#include <span>
#include <vector>

#include "data/image/decode.h"
#include "data/image/jpeg/segments.h"

namespace convoy {

/// As Decoder::decode, but orientation is told and not applied. Throws BadData.
ImageFacts decode_jpeg(
    std::span<const std::uint8_t> bytes,
    const DecodeOptions& options,
    Image& out);

/// Decodes what `needed` says, at least, of a picture of which `segments` says
/// where its pieces are: into its place in `out`, which has the size of the
/// picture and is unspecified elsewhere. The pixels are those of decode_jpeg().
/// False, and `out` unspecified, where `segments` does not fit the file, the
/// picture must be turned or colours are to become gray. Throws BadData.
/// `smaller` is scratch memory to keep.
bool decode_jpeg_window(
    std::span<const std::uint8_t> bytes,
    const JpegSegments& segments,
    const NeededWindow& needed,
    const DecodeOptions& options,
    std::vector<std::uint8_t>& smaller,
    Image& out);

/// The header's facts. Throws BadData.
ImageFacts probe_jpeg(std::span<const std::uint8_t> bytes);

}  // namespace convoy
