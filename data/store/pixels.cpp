#include "data/store/pixels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/errors.h"
#include "data/image/colour.h"

namespace convoy {
namespace {

// Planes in Caffe's order, blue first, to pixels in ours. `value` maps an
// element of the planes to a byte.
template <typename T, typename Value>
void interleave(const Datum& datum, const T* planes, Value value, Image& out) {
  out.resize(datum.height, datum.width, datum.channels);
  const std::size_t count =
      static_cast<std::size_t>(datum.height) * datum.width;
  std::uint8_t* to = out.pixels.data();
  if (datum.channels == 1) {
    std::transform(planes, planes + count, to, value);
    return;
  }
  const T* blue = planes;
  const T* green = blue + count;
  const T* red = green + count;
  for (std::size_t i = 0; i < count; ++i, to += 3) {
    to[0] = value(red[i]);
    to[1] = value(green[i]);
    to[2] = value(blue[i]);
  }
}

void check_floats(const std::vector<float>& values) {
  bool fractions = false;
  float largest = 0;
  for (const float value : values) {
    if (!(value >= 0 && value <= 255)) {  // NaN too
      throw BadData(fmt::format(
          "its float_data hold {}; pixels from 0 to 255 can be read", value));
    }
    largest = std::max(largest, value);
    fractions = fractions || value != std::floor(value);
  }
  if (fractions && largest <= 1) {
    throw BadData(
        "its float_data lie between 0 and 1; write them again as pixels from "
        "0 to 255");
  }
}

}  // namespace

void to_image(
    const Datum& datum,
    Decoder& decoder,
    Image& out,
    const NeededWindow& needed) {
  if (datum.encoded && needed && !datum.segments.empty()) {
    decoder.decode_needed(datum.data, datum.segments, needed, out);
    return;
  }
  if (datum.encoded) {
    decoder.decode(datum.data, out);
    return;
  }
  if (datum.data.empty()) {
    check_floats(datum.float_data);
    interleave(
        datum,
        datum.float_data.data(),
        [](float value) { return static_cast<std::uint8_t>(value + 0.5f); },
        out);
  } else {
    interleave(
        datum,
        datum.data.data(),
        [](std::uint8_t value) { return value; },
        out);
  }
  if (decoder.options().colour == Colour::rgb) {
    to_rgb(out);
  } else if (decoder.options().colour == Colour::gray) {
    to_gray(out);
  }
}

}  // namespace convoy
