// Lambert, a Blinn highlight and a reflected sky.

#include "data/render/raster/shade.h"

namespace convoy {
namespace {

Finish& at(Finishes& finishes, Material material) {
  return finishes[static_cast<int>(material)];
}

float to_power_64(float x) {
  for (int i = 0; i < 6; ++i) {
    x *= x;
  }
  return x;
}

}  // namespace

Finishes finishes_of(const Scene& scene) {
  const PaintDraw& paint = scene.paint;
  const float shine = paint.gloss;
  Finishes all{};
  at(all, Material::paint) = {paint.body, shine, 0.06f * shine, paint.metal, 0};
  at(all, Material::second_paint) = {
      paint.second, shine, 0.06f * shine, paint.metal, 0};
  at(all, Material::cargo) = {paint.cargo, 0.15f, 0.01f, 0, 0};
  at(all, Material::glass) = {paint.glass, 0.7f, 0.07f, 0, 0};
  at(all, Material::trim) = {paint.trim, 0.15f, 0.01f, 0, 0};
  at(all, Material::black) = {{0.008f, 0.008f, 0.009f}, 0, 0, 0, 0};
  at(all, Material::tyre) = {{0.015f, 0.015f, 0.016f}, 0.05f, 0, 0, 0};
  at(all, Material::rim) = {paint.rim, 0.6f, 0.15f, 0.3f, 0};
  at(all, Material::headlight) = {{0.75f, 0.78f, 0.80f}, 0.9f, 0.2f, 0, 0.25f};
  at(all, Material::taillight) = {
      {0.50f, 0.015f, 0.01f}, 0.6f, 0.05f, 0, 0.35f};
  at(all, Material::plate) = {{0.75f, 0.74f, 0.66f}, 0.1f, 0, 0, 0};
  const auto first = static_cast<std::size_t>(Material::clutter);
  for (std::size_t i = 0; i < scene.clutter.size(); ++i) {
    all[first + i] = {scene.clutter[i].colour, 0.1f, 0.01f, 0, 0};
  }
  return all;
}

Rgb surroundings(Vec3 direction, const LightDraw& light) {
  if (direction.z > 0) {
    return mix(light.horizon, light.sky, std::min(1.0f, 1.6f * direction.z));
  }
  return mix(light.horizon, light.ground, std::min(1.0f, -12.0f * direction.z));
}

Rgb shade(
    const Surface& surface,
    const Finish& finish,
    Vec3 to_eye,
    const LightDraw& light) {
  const Vec3 n = normalized(surface.normal);
  const float facing = std::max(0.0f, dot(n, to_eye));
  const float lit = std::max(0.0f, dot(n, light.direction));
  const Rgb ambient = mix(light.ground, light.sky, 0.5f + 0.5f * n.z);
  const float tone = 1.0f - finish.metal * (1.0f - facing);
  Rgb result = finish.colour * (ambient + light.sun * lit) * tone;
  result = result + finish.colour * finish.glow;
  if (finish.mirror > 0) {
    const float edge = 1.0f - facing;
    const float grazing = edge * edge * edge * edge;
    const float share = finish.mirror + (0.6f - 0.6f * finish.mirror) *
                                            grazing * finish.highlight;
    const Vec3 bounced = n * (2.0f * dot(n, to_eye)) - to_eye;
    result = result + surroundings(bounced, light) * share;
  }
  if (finish.highlight > 0 && lit > 0) {
    const Vec3 between = normalized(light.direction + to_eye);
    const float peak = to_power_64(std::max(0.0f, dot(n, between)));
    result = result + light.sun * (finish.highlight * peak);
  }
  return result;
}

}  // namespace convoy
