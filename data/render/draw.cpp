// Keys of the renderer's randomness.

#include "data/render/draw.h"

#include "data/render/bands.h"

namespace convoy {
namespace {

/// Unique for every split, class and sample: 2, 22 and 40 bits.
std::uint64_t subsequence(const RenderKey& key) {
  return static_cast<std::uint64_t>(key.split) << 62 |
         static_cast<std::uint64_t>(key.class_id) << 40 |
         static_cast<std::uint64_t>(key.sample);
}

/// One channel of a hue, saturation, value colour; `shift` is 5, 3, 1 for R, G,
/// B.
float channel_of(Vec3 hsv, float shift) {
  float k = shift + hsv.x * 6.0f;
  k -= 6.0f * std::floor(k / 6.0f);
  const float ramp = std::clamp(std::min(k, 4.0f - k), 0.0f, 1.0f);
  return hsv.z * (1.0f - hsv.y * ramp);
}

}  // namespace

SceneDraw::SceneDraw(std::uint64_t seed, const RenderKey& key, Purpose purpose)
    : split_(key.split),
      engine_(
          seed, subsequence(key), static_cast<std::uint64_t>(purpose) << 32) {}

double SceneDraw::unit() {
  return engine_() * (1.0 / 4294967296.0);
}

float SceneDraw::real(float low, float high) {
  return static_cast<float>(low + (high - low) * banded(unit(), split_));
}

Rgb SceneDraw::colour(Vec3 low_hsv, Vec3 high_hsv) {
  const float hue = real(low_hsv.x, high_hsv.x);
  const float saturation = real(low_hsv.y, high_hsv.y);
  const float value = real(low_hsv.z, high_hsv.z);
  const Vec3 hsv{hue, saturation, value};
  return {channel_of(hsv, 5), channel_of(hsv, 3), channel_of(hsv, 1)};
}

bool SceneDraw::chance(float probability) {
  return unit() < probability;
}

int SceneDraw::below(int n) {
  return static_cast<int>(unit() * n);
}

}  // namespace convoy
