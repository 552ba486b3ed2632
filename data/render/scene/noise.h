#pragma once
// Smooth random texture on the plane, for ground, clouds and walls.

#include <cstdint>

#include "data/render/vec.h"

namespace convoy {

/// 0..1, the same for the same cell and key.
inline float cell_noise(std::int32_t x, std::int32_t y, std::uint32_t key) {
  std::uint32_t h = key ^ (static_cast<std::uint32_t>(x) * 0x8da6b343u) ^
                    (static_cast<std::uint32_t>(y) * 0xd8163841u);
  h = (h ^ (h >> 16)) * 0x7feb352du;
  h = (h ^ (h >> 15)) * 0x846ca68bu;
  return static_cast<float>((h ^ (h >> 16)) >> 8) * (1.0f / 16777216.0f);
}

/// The whole number below, without a call into libm; |x| <= 1e6.
inline std::int32_t whole_below(float x) {
  const auto whole = static_cast<std::int32_t>(x);
  return whole - (x < static_cast<float>(whole) ? 1 : 0);
}

/// Value noise: cells of side 1, smooth between their corners. Coordinates
/// beyond a million are cut off, where the texture would alias anyway.
inline float smooth_noise(float x, float y, std::uint32_t key) {
  constexpr float kLimit = 1e6f;
  const float cx = std::clamp(x, -kLimit, kLimit);
  const float cy = std::clamp(y, -kLimit, kLimit);
  const std::int32_t ix = whole_below(cx);
  const std::int32_t iy = whole_below(cy);
  const float tx = smooth_step(0, 1, cx - static_cast<float>(ix));
  const float ty = smooth_step(0, 1, cy - static_cast<float>(iy));
  const float top =
      mix(cell_noise(ix, iy, key), cell_noise(ix + 1, iy, key), tx);
  const float bottom =
      mix(cell_noise(ix, iy + 1, key), cell_noise(ix + 1, iy + 1, key), tx);
  return mix(top, bottom, ty);
}

/// Two octaves.
inline float rough_noise(float x, float y, std::uint32_t key) {
  return 0.65f * smooth_noise(x, y, key) +
         0.35f * smooth_noise(2.3f * x + 7.1f, 2.3f * y - 3.7f, key + 1);
}

}  // namespace convoy
