#include "data/image/decode.h"

#include <fmt/format.h>

#include <utility>

#include "data/errors.h"
#include "data/image/jpeg/decode_jpeg.h"
#include "data/image/orientation.h"
#include "data/image/png/decode_png.h"
#include "data/image/sniff.h"

namespace convoy {
namespace {

ImageFormat known_format(std::span<const std::uint8_t> bytes) {
  const auto format = sniff(bytes);
  if (!format) {
    throw BadData(fmt::format(
        "it is {}, and a JPEG or PNG was wanted: convert it, or leave it out",
        kind_of_file(bytes)));
  }
  return *format;
}

}  // namespace

ImageFacts probe(std::span<const std::uint8_t> bytes) {
  return known_format(bytes) == ImageFormat::jpeg ? probe_jpeg(bytes)
                                                  : probe_png(bytes);
}

ImageFacts Decoder::decode(std::span<const std::uint8_t> bytes, Image& out) {
  const ImageFacts facts = known_format(bytes) == ImageFormat::jpeg
                               ? decode_jpeg(bytes, options_, out)
                               : decode_png(bytes, options_, out);
  if (facts.orientation != 1) {
    make_upright(out, facts.orientation, turned_);
    std::swap(out, turned_);
  }
  return facts;
}

void Decoder::decode_needed(
    std::span<const std::uint8_t> bytes,
    std::span<const std::uint8_t> segments,
    const NeededWindow& needed,
    Image& out) {
  const auto placed = parse_segments(segments);
  if (!placed || sniff(bytes) != ImageFormat::jpeg ||
      !decode_jpeg_window(bytes, *placed, needed, options_, smaller_, out)) {
    decode(bytes, out);
  }
}

}  // namespace convoy
