// The negative of a picture, or a mixture of both.

#include <convoy/data/augment/augmentation.h>

#include <cmath>

namespace {

void invert_colours(
    convoy::Image& picture,
    const convoy::AugmentationValues& values,
    convoy::AugmentationDraws& draws) {
  const double share = draws.uniform(values.at("least_share"), 1);
  for (std::uint8_t& value : picture.pixels) {
    value = static_cast<std::uint8_t>(
        std::lround(value + share * (255 - 2 * value)));
  }
}

}  // namespace

convoy::Augmentation invert() {
  return {
      .name = "invert",
      .help = "mixes a picture with its negative",
      .keys = {{
          .name = "least_share",
          .value = 1,
          .least = 0,
          .most = 1,
          .help = "of the negative, drawn from [x, 1]",
      }},
      .on_picture = invert_colours};
}
