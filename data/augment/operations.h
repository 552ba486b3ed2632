#pragma once
// The operations of TrivialAugment and RandAugment on 8-bit pictures, bit for
// bit as Pillow does them under torchvision's transforms.

#include "data/image/image.h"

namespace convoy {

/// In torchvision's order.
enum class OperationKind {
  identity,
  shear_x,
  shear_y,
  translate_x,
  translate_y,
  rotate,
  brightness,
  colour,
  contrast,
  sharpness,
  posterize,
  solarize,
  auto_contrast,
  equalize
};
constexpr int kOperationKinds = 14;

/// What `strength` is. shear: columns a row, or rows a column; translate:
/// pixels to the right or down, whose fraction is cut off; rotate: degrees,
/// counter-clockwise; brightness, colour, contrast, sharpness: the factor less
/// 1; posterize: bits that stay, 1 to 8; solarize: the least value that is
/// inverted. The others have none.
struct Operation {
  OperationKind kind = OperationKind::identity;
  double strength = 0;
};

/// Changes `image` (1 or 3 channels); `scratch` is overwritten.
void apply_operation(const Operation& operation, Image& image, Image& scratch);

}  // namespace convoy
