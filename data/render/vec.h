#pragma once
// The small arithmetic of the renderer: three-vectors, which also serve as
// linear RGB, sine and cosine that do not depend on the system's libm.

#include <algorithm>
#include <cmath>

namespace convoy {

/// A point or direction in metres (x ahead, y to the vehicle's left, z up).
struct Vec3 {
  float x = 0, y = 0, z = 0;
};

/// Linear light, red, green, blue; 1 is a white sheet in full light.
using Rgb = Vec3;

inline Vec3 operator+(Vec3 a, Vec3 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
inline Vec3 operator-(Vec3 a, Vec3 b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
inline Vec3 operator*(Vec3 a, float s) {
  return {a.x * s, a.y * s, a.z * s};
}
/// Channel by channel: light on a colour.
inline Vec3 operator*(Vec3 a, Vec3 b) {
  return {a.x * b.x, a.y * b.y, a.z * b.z};
}
inline float dot(Vec3 a, Vec3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline Vec3 cross(Vec3 a, Vec3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
/// The null vector stays null.
inline Vec3 normalized(Vec3 a) {
  const float square = dot(a, a);
  return square > 0 ? a * (1.0f / std::sqrt(square)) : a;
}
inline float mix(float a, float b, float t) {
  return a + (b - a) * t;
}
inline Vec3 mix(Vec3 a, Vec3 b, float t) {
  return a + (b - a) * t;
}

/// 0 below `low`, 1 above `high`, smooth between.
inline float smooth_step(float low, float high, float value) {
  const float t = std::clamp((value - low) / (high - low), 0.0f, 1.0f);
  return t * t * (3.0f - 2.0f * t);
}

struct SinCos {
  float sin, cos;
};

/// Any angle in degrees. Taylor series on [-45, 45] in double: right to a
/// float, and the same bits wherever IEEE arithmetic is, which libm does not
/// promise.
inline SinCos sin_cos(float degrees) {
  const double turns = std::nearbyint(degrees / 90.0);
  const double x = (degrees - turns * 90.0) * 0.017453292519943295;
  const double s = x * x;
  const double sine =
      x * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72))));
  const double cosine =
      1 - s / 2 * (1 - s / 12 * (1 - s / 30 * (1 - s / 56 * (1 - s / 90))));
  const int quadrant = static_cast<int>(turns) & 3;
  const float a = static_cast<float>(quadrant & 1 ? cosine : sine);
  const float b = static_cast<float>(quadrant & 1 ? sine : cosine);
  return {
      quadrant == 2 || quadrant == 3 ? -a : a,
      quadrant == 1 || quadrant == 2 ? -b : b};
}

}  // namespace convoy
