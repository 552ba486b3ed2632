// Any bytes as a record: refused, or pixels, whole and in part.

#include <cstddef>
#include <cstdint>

#include "data/errors.h"
#include "data/store/pixels.h"

namespace {

/// Somewhere in the middle: what is decoded begins and ends behind the edges.
convoy::Window middle_of(const convoy::PictureSize& size) {
  return {
      size.width / 3,
      size.height / 3,
      (size.width + 2) / 3,
      (size.height + 2) / 3};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(
    const std::uint8_t* data, std::size_t size) {
  using namespace convoy;
  Decoder decoder(
      {.limits = {
           .max_pixels = 1 << 18,
           .max_scans = 10,
           .max_memory_bytes = 1 << 24}});
  Datum datum;
  Image image;
  for (const bool part : {false, true}) {
    try {
      parse_datum({data, size}, datum);
      check_payload(datum);
      to_image(datum, decoder, image, part ? middle_of : NeededWindow{});
    } catch (const BadData&) {
      // What a reader should say.
    }
  }
  return 0;
}
