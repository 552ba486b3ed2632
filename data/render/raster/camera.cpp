// Places the camera on its orbit and frames the vehicle.

#include "data/render/raster/camera.h"

#include <limits>

namespace convoy {
namespace {

/// On the orbit round `target`, level but for the roll.
Camera on_orbit(const CameraDraw& draw, Vec3 target, float distance) {
  const SinCos az = sin_cos(draw.azimuth_deg);
  const SinCos el = sin_cos(draw.elevation_deg);
  const SinCos roll = sin_cos(draw.roll_deg);
  const Vec3 out{el.cos * az.cos, el.cos * az.sin, el.sin};
  const Vec3 right{-az.sin, az.cos, 0};
  const Vec3 up{-el.sin * az.cos, -el.sin * az.sin, el.cos};
  Camera camera;
  camera.eye = target + out * distance;
  camera.forward = out * -1.0f;
  camera.right = right * roll.cos + up * roll.sin;
  camera.up = up * roll.cos - right * roll.sin;
  return camera;
}

}  // namespace

Camera scaled(const Camera& camera, float factor) {
  Camera result = camera;
  result.focal_px *= factor;
  result.centre_x *= factor;
  result.centre_y *= factor;
  return result;
}

Bounds bounds_of(const Mesh& mesh) {
  constexpr float kFar = std::numeric_limits<float>::max();
  Bounds bounds{{kFar, kFar, kFar}, {-kFar, -kFar, -kFar}};
  for (const Vertex& vertex : mesh.vertices) {
    const Vec3 p = vertex.position;
    bounds.low.x = std::min(bounds.low.x, p.x);
    bounds.low.y = std::min(bounds.low.y, p.y);
    bounds.low.z = std::min(bounds.low.z, p.z);
    bounds.high.x = std::max(bounds.high.x, p.x);
    bounds.high.y = std::max(bounds.high.y, p.y);
    bounds.high.z = std::max(bounds.high.z, p.z);
  }
  return bounds;
}

Camera aim(const CameraDraw& draw, const Mesh& vehicle, int size_px) {
  const Bounds bounds = bounds_of(vehicle);
  const Vec3 target = (bounds.low + bounds.high) * 0.5f;
  const float length = bounds.high.x - bounds.low.x;
  Camera camera = on_orbit(draw, target, draw.distance * length);

  Mesh outline;
  for (const Vertex& vertex : vehicle.vertices) {
    const Vec3 p = vertex.position - camera.eye;
    const float depth = dot(p, camera.forward);
    outline.vertices.push_back(
        {{dot(p, camera.right) / depth, -dot(p, camera.up) / depth, 0}, {}});
  }
  const Bounds seen = bounds_of(outline);
  const float width = seen.high.x - seen.low.x;
  const float height = seen.high.y - seen.low.y;
  const auto size = static_cast<float>(size_px);
  camera.focal_px = draw.fill * size / std::max(width, height);
  const auto centre = [&](float low, float high, float shift) {
    const float margin = 0.5f * (size - camera.focal_px * (high - low));
    return 0.5f * size - camera.focal_px * 0.5f * (low + high) + shift * margin;
  };
  camera.centre_x = centre(seen.low.x, seen.high.x, draw.shift_x);
  camera.centre_y = centre(seen.low.y, seen.high.y, draw.shift_y);
  return camera;
}

}  // namespace convoy
