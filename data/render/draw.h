#pragma once
// Random values for one picture: keyed, counter-based, and disjoint between
// splits.

#include <ATen/core/PhiloxRNGEngine.h>

#include <cstdint>

#include "data/render/render.h"
#include "data/render/vec.h"

namespace convoy {

/// What a stream of values is for. Each purpose has its own stream, so that
/// drawing one more value for the paint does not change the camera.
enum class Purpose {
  camera,
  shape,
  paint,
  light,
  background,
  clutter,
  occluders,
  lens,
  noise
};

/// The values for one purpose in one picture, in order. A pure function of
/// seed, key and purpose: Philox4x32-10 with the seed as key, (split, class,
/// sample) as subsequence and the purpose in the high half of the offset.
class SceneDraw {
 public:
  SceneDraw(std::uint64_t seed, const RenderKey& key, Purpose purpose);

  /// Even over [low, high), within the bands of the key's split
  /// (data/render/bands.h). Every real number that describes a scene comes from
  /// here.
  float real(float low, float high);
  /// A colour of banded hue (0..1 is the circle), saturation and value.
  Rgb colour(Vec3 low_hsv, Vec3 high_hsv);
  /// True with this probability. A choice, not a value: splits share it.
  bool chance(float probability);
  /// 0 to n - 1. A choice, like chance().
  int below(int n);
  /// 32 random bits.
  std::uint32_t bits() { return engine_(); }

 private:
  double unit();

  Split split_;
  at::Philox4_32 engine_;
};

}  // namespace convoy
