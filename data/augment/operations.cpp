#include "data/augment/operations.h"

#include <cmath>
#include <utility>

#include "data/augment/moves.h"
#include "data/augment/tones.h"

namespace convoy {

namespace {

bool moves_pixels(OperationKind kind) {
  return kind >= OperationKind::shear_x && kind <= OperationKind::rotate;
}

Affine affine_of(const Operation& operation, const Image& image) {
  const double strength = operation.strength;
  switch (operation.kind) {
    case OperationKind::shear_x:
      return {.xy = strength};
    case OperationKind::shear_y:
      return {.yx = strength};
    case OperationKind::translate_x:
      return {.x0 = -std::trunc(strength)};
    case OperationKind::translate_y:
      return {.y0 = -std::trunc(strength)};
    default:
      return rotation_about_middle(strength, image.height, image.width);
  }
}

/// The operations that do to a value what they do to it everywhere.
Tones tones_of(const Operation& operation, const Image& image, int channel) {
  const auto factor = static_cast<float>(1 + operation.strength);
  switch (operation.kind) {
    case OperationKind::brightness:
      return blend_tones(0, factor);
    case OperationKind::contrast:
      return blend_tones(mean_gray(image), factor);
    case OperationKind::posterize:
      return posterize_tones(static_cast<int>(operation.strength));
    case OperationKind::solarize:
      return solarize_tones(operation.strength);
    case OperationKind::auto_contrast:
      return stretch_tones(histogram_of(image, channel));
    default:
      return equalize_tones(histogram_of(image, channel));
  }
}

}  // namespace

void apply_operation(const Operation& operation, Image& image, Image& scratch) {
  const auto factor = static_cast<float>(1 + operation.strength);
  if (operation.kind == OperationKind::identity) {
    return;
  }
  if (moves_pixels(operation.kind)) {
    move_pixels(image, affine_of(operation, image), scratch);
    std::swap(image, scratch);
  } else if (operation.kind == OperationKind::colour) {
    blend_with_gray(factor, image);
  } else if (operation.kind == OperationKind::sharpness) {
    blend_with_smooth(image, factor, scratch);
    std::swap(image, scratch);
  } else {
    std::array<Tones, 3> tones{};
    for (int c = 0; c < image.channels; ++c) {
      tones[c] = tones_of(operation, image, c);
    }
    map_tones(tones, image);
  }
}

}  // namespace convoy
