#include "data/image/limits.h"

#include <fmt/format.h>

#include "data/errors.h"

namespace convoy {

void check_pixels(
    std::int64_t height, std::int64_t width, const DecodeLimits& limits) {
  if (height > limits.max_pixels / width) {
    throw BadData(fmt::format(
        "it says it is {} x {} pixels, more than the {} allowed: make it "
        "smaller before it is imported",
        width,
        height,
        limits.max_pixels));
  }
}

}  // namespace convoy
