#pragma once
// Rotation and shift of a picture that is already at output scale: bilinear
// sampling in fixed point.

#include <cstdint>
#include <vector>

#include "data/augment/draw.h"
#include "data/image/image.h"

namespace convoy {

/// The part of the plan's grid that a rotated and shifted window looks at, with
/// the pixels that interpolation needs around it; clipped to what lies in the
/// picture (of `size`, from which plan.geometry cuts its crop), never smaller
/// than the grid.
Window region_to_warp(const AugmentPlan& plan, const PictureSize& size);

/// Samples `region`, which shows `place` of the grid, into out: side x side
/// pixels, as plan.rotate_degrees and shifts say, about the centre of the
/// grid's side x side. Beyond the region its edge pixels are repeated: a black
/// border would be a pattern that the network sees in training only, and would
/// drag its statistics down.
class Warper {
 public:
  explicit Warper(Simd simd = best_simd()) : simd_(simd) {}

  /// `region` is 1 or 3 channels; it may grow by bytes that SIMD loads read.
  void run(
      const AugmentPlan& plan, const Window& place, Image& region, Image& out);

 private:
  Simd simd_;
};

}  // namespace convoy
