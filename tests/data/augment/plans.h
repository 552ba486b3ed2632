#pragma once
// Small plans, and pictures that went through one.

#include <cstddef>
#include <vector>

#include "data/augment/apply.h"

namespace convoy::testing {

/// Output in 0..1, no normalisation.
inline NormalizeOptions plain_options() {
  NormalizeOptions options;
  options.mean = {0.0};
  options.std = {1.0};
  return options;
}

/// Of a square picture, all of it as it is.
inline AugmentPlan whole_picture(const Image& picture) {
  AugmentOptions options;
  options.crop = Crop::none;
  options.crop_px = picture.height;
  options.flip_horizontal = 0;
  return draw_plan(options, {}, {picture.height, picture.width});
}

inline std::vector<float> augmented(
    const AugmentPlan& plan,
    const Image& picture,
    const Normalization& normal,
    Simd simd = best_simd()) {
  const Window& window = plan.geometry.window;
  std::vector<float> out(
      static_cast<std::size_t>(window.height) * window.width * normal.channels);
  Augmenter(normal, simd).apply(plan, picture, out.data());
  return out;
}

}  // namespace convoy::testing
