#pragma once
// What happens to one picture, decided before a pixel is touched: a pure
// function of the options, the draw key and the picture's size.

#include <array>
#include <cstdint>
#include <vector>

#include "data/augment/operations.h"
#include "data/augment/random.h"
#include "data/image/resize.h"
#include "data/options.h"

namespace convoy {

/// Applied in this order: geometry (crop, resize, flip), rotation and shift,
/// operations, colour, lighting, noise, normalisation, erasing. The output is
/// geometry.window, square.
struct AugmentPlan {
  ResizePlan geometry;
  double rotate_degrees = 0;  ///< about the output's centre, counter-clockwise
  int shift_x = 0;  ///< output pixels to the right, after the rotation
  int shift_y = 0;  ///< output pixels down
  std::vector<Operation> operations;  ///< of the policy
  double brightness = 1;              ///< factor
  double contrast = 1;                ///< factor about the picture's mean gray
  double saturation = 1;              ///< factor about each pixel's gray
  double hue = 0;                     ///< turns of the colour circle
  /// Added to red, green and blue, of the full range 0..1.
  std::array<double, 3> lighting{};
  double noise_stddev = 0;  ///< of the full range 0..1
  std::uint64_t noise_key = 0;
  Window erase;  ///< of the output; nothing when it is empty
  EraseFill erase_fill = EraseFill::mean;
  std::uint64_t erase_key = 0;  ///< of a random filling

  bool moves() const {
    return rotate_degrees != 0 || shift_x != 0 || shift_y != 0;
  }
  bool recolours() const {
    return brightness != 1 || contrast != 1 || saturation != 1 || hue != 0;
  }
  bool relights() const { return lighting != std::array<double, 3>{}; }
};

/// Whether draw_plan() makes anything of its key: a picture then looks
/// different each time.
bool draws_anything(const AugmentOptions& options);

/// Training. Distributions are torchvision's (RandomResizedCrop with its ten
/// tries and its fallback, ColorJitter's factors, whole pixels of translation,
/// its policies and RandomErasing); Crop::random is Caffe's. Throws BadData
/// when the picture is smaller than a crop that is not resized.
AugmentPlan draw_plan(
    const AugmentOptions& options, const DrawKey& key, const PictureSize& size);

/// Evaluation: short side to resize_px, then the centre crop, with
/// torchvision's rounding, or Caffe's for its style. Throws BadData when the
/// picture is smaller than the crop.
AugmentPlan evaluation_plan(
    const EvalOptions& options, PixelStyle style, const PictureSize& size);

}  // namespace convoy
