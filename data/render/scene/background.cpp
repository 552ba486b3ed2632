// The ray's meeting with the ground, and the shadow there.

#include "data/render/scene/background.h"

#include <cmath>

#include "data/render/scene/places.h"

namespace convoy {
namespace {

/// How much of the light a spot on the ground still gets: dark under the
/// vehicle, soft at the rim, drawn out away from the light.
float shadow_at(const Scene& scene, const Bounds& box, Vec3 spot) {
  const Vec3 to_light = scene.light.direction;
  const Vec3 drift = to_light * (-0.35f * box.high.z / (to_light.z + 0.2f));
  const float dx = std::max(
      {box.low.x + std::min(0.0f, drift.x) - spot.x,
       spot.x - box.high.x - std::max(0.0f, drift.x),
       0.0f});
  const float dy = std::max(
      {box.low.y + std::min(0.0f, drift.y) - spot.y,
       spot.y - box.high.y - std::max(0.0f, drift.y),
       0.0f});
  const float away = std::sqrt(dx * dx + dy * dy);
  return 1.0f -
         scene.background.shadow * (1.0f - smooth_step(-0.15f, 0.55f, away));
}

}  // namespace

Background::Background(
    const Scene& scene,
    const Camera& camera,
    const Bounds& vehicle,
    int size_px)
    : scene_(scene), camera_(camera), vehicle_(vehicle), size_px_(size_px) {}

Rgb Background::at(Vec3 ray, int x, int y) const {
  const auto side = static_cast<float>(size_px_);
  Look look;
  look.eye = camera_.eye;
  look.ray = ray;
  look.ground = ray.z < -1e-4f;
  look.x = (static_cast<float>(x) + 0.5f) / side - 0.5f;
  look.y = (static_cast<float>(y) + 0.5f) / side - 0.5f;
  if (!look.ground) {
    return place_colour(scene_.background, look);
  }
  const float t = -camera_.eye.z / ray.z;
  look.spot = camera_.eye + ray * t;
  look.footprint = t / (camera_.focal_px * std::max(0.15f, -ray.z));
  return place_colour(scene_.background, look) *
         shadow_at(scene_, vehicle_, look.spot);
}

}  // namespace convoy
