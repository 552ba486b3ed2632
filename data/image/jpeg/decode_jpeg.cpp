#include "data/image/jpeg/decode_jpeg.h"

#include <fmt/format.h>

#include "data/image/colour.h"
#include "data/image/jpeg/reader.h"

namespace convoy {

ImageFacts decode_jpeg(
    std::span<const std::uint8_t> bytes,
    const DecodeOptions& options,
    Image& out) {
  JpegReader reader(bytes, options);
  ImageFacts facts = reader.read_header();
  if (facts.channels != 1 && facts.channels != 3 && facts.channels != 4) {
    throw BadData(fmt::format(
        "it is a JPEG of {} channels; 1, 3 and 4 can be read: save it as RGB",
        facts.channels));
  }
  const bool stay_gray = facts.channels == 1 && options.colour != Colour::rgb;
  reader.read_pixels(stay_gray ? 1 : 3, out);
  facts.damaged = reader.damaged();
  if (options.colour == Colour::gray) {
    to_gray(out);
  }
  return facts;
}

ImageFacts probe_jpeg(std::span<const std::uint8_t> bytes) {
  const DecodeOptions options;
  return JpegReader(bytes, options).read_header();
}

}  // namespace convoy
