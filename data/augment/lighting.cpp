#include "data/augment/lighting.h"

#include <cmath>
#include <numbers>

#include "data/errors.h"

namespace convoy {

namespace {

/// Of the covariance of ImageNet's RGB values in 0..1, as fb.resnet.torch and
/// its successors publish them: axis i is the column i of the directions.
constexpr std::array<double, 3> kSpread{0.2175, 0.0188, 0.0045};
constexpr std::array<std::array<double, 3>, 3> kDirection{{
    {-0.5675, 0.7192, 0.4009},
    {-0.5808, -0.0045, -0.8140},
    {-0.5836, -0.6948, 0.4203},
}};

}  // namespace

std::array<double, 3> lighting_shift(const std::array<double, 3>& amounts) {
  std::array<double, 3> shift{};
  for (int channel = 0; channel < 3; ++channel) {
    for (int axis = 0; axis < 3; ++axis) {
      shift[channel] +=
          kDirection[channel][axis] * kSpread[axis] * amounts[axis];
    }
  }
  return shift;
}

std::array<double, 3> draw_lighting(double stddev, const DrawKey& key) {
  const DrawBlock block(key, Draw::lighting);
  // Box and Muller; 1 - u is never 0.
  const auto length = [&](int word) {
    return stddev * std::sqrt(-2 * std::log(1 - block.uniform(word)));
  };
  const auto angle = [&](int word) {
    return 2 * std::numbers::pi * block.uniform(word);
  };
  return lighting_shift(
      {length(0) * std::cos(angle(1)),
       length(0) * std::sin(angle(1)),
       length(2) * std::cos(angle(3))});
}

void add_lighting(
    const std::array<double, 3>& shift,
    const Normalization& normalization,
    std::array<float, 3>& offset,
    std::vector<float>& mean) {
  if (normalization.channels != 3) {
    throw BadData(
        "lighting noise moves along the axes of RGB, and the network takes "
        "gray: set augment.lighting_stddev to 0");
  }
  std::array<float, 3> bytes{};
  for (int c = 0; c < 3; ++c) {
    bytes[c] = static_cast<float>(255 * shift[normalization.bgr ? 2 - c : c]);
    offset[c] -= bytes[c];
  }
  for (std::size_t i = 0; i < mean.size(); ++i) {
    mean[i] -= bytes[i % 3];
  }
}

}  // namespace convoy
