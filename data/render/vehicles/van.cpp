// The van: one tall box with a short sloping nose; with or without rear side
// windows.

#include "data/render/vehicles/body.h"
#include "data/render/vehicles/parts.h"
#include "data/render/vehicles/vehicle.h"

namespace convoy {
namespace {

std::vector<Station> stations(float nose, float half_width, float l) {
  const auto at = [&](float x, float floor, float top, float width) {
    return Station{x * l, floor, top, width * half_width};
  };
  return {
      at(-2.50f, 0.36f, 1.06f, 0.95f),
      at(-2.42f, 0.28f, 1.10f, 0.99f),
      at(0.00f, 0.25f, 1.10f, 1.0f),
      at(1.55f, 0.25f, 1.10f, 1.0f),
      at(1.95f, 0.26f, 1.08f + 0.02f * nose, 0.98f),
      at(2.32f + 0.06f * nose, 0.29f, 0.95f + 0.04f * nose, 0.92f),
      at(2.50f + 0.06f * nose, 0.38f, 0.76f + 0.04f * nose, 0.80f)};
}

Cabin cabin(const VehicleLook& look, float half_width, float l, float h) {
  const float c = 0.10f * look.shape.cabin;
  const auto ring = [&](float z, float front, float rear, float width) {
    return Ring{z, front * l, rear * l, width * half_width, 0.10f};
  };
  Cabin built;
  built.rings = {
      ring(1.04f, 2.10f, -2.46f, 0.965f),
      ring(1.18f, 1.95f, -2.46f, 0.955f),
      ring(0.83f * h, 1.42f + c, -2.43f, 0.88f),
      ring(0.96f * h, 1.12f + c, -2.36f, 0.81f),
      ring(h, 0.85f + c, -2.15f, 0.58f)};
  built.glass_row = 1;
  built.windows = {{0.10f, 0.30f}};
  if (look.shape.option) {
    built.windows.push_back({0.36f, 0.64f});
    built.windows.push_back({0.68f, 0.94f});
  }
  built.roof = look.roof();
  return built;
}

}  // namespace

void build_van(const VehicleLook& look, Mesh& mesh) {
  const ShapeDraw& shape = look.shape;
  const float l = 1.0f + 0.05f * shape.length;
  const float h = 2.12f * (1.0f + 0.05f * shape.height);
  const float w = 0.98f * (1.0f + 0.03f * shape.width);
  const float lamp = 1.0f + 0.25f * shape.fittings;
  const float front = (2.50f + 0.06f * shape.nose) * l;
  const float radius = 0.34f * (1.0f + 0.07f * shape.wheel);
  add_body(mesh, stations(shape.nose, w, l), {Material::paint, look.lower()});
  add_cabin(mesh, cabin(look, w, l, h));
  for (const float x : {1.62f * l, -1.48f * l}) {
    add_axle(mesh, {x, w + 0.012f, radius, 0.22f, 1.2f, shape.spokes});
  }
  End nose{front, 1, 0.62f * w, 0.76f, {0.10f, 0.14f * lamp, 0.10f * lamp}};
  nose.bumper_half_width = 0.88f * w;
  nose.bumper_z = 0.42f;
  nose.bumper_half_height = 0.12f;
  add_end(mesh, nose);
  add_box(
      mesh, {{front, 0, 0.68f}, {0.03f, 0.45f * w, 0.07f}}, Material::black);
  End tail{
      -2.50f * l, -1, 0.94f * w, 1.12f, {0.08f, 0.07f * lamp, 0.20f * lamp}};
  tail.bumper_half_width = 0.92f * w;
  tail.plate_z = 0.80f;
  add_end(mesh, tail);
  add_box(
      mesh, {{-2.47f * l, 0, 1.15f}, {0.04f, 0.012f, 0.60f}}, Material::black);
  add_corner_lamps(mesh, {2.28f * l, 0.935f * w, 0.76f}, Material::headlight);
  const float side = w + 0.001f;
  add_door_line(mesh, {1.55f * l, side, 0.34f, 0.95f});
  add_door_line(mesh, {0.62f * l, side, 0.34f, 0.95f});
  add_door_line(mesh, {-0.70f * l, side, 0.34f, 0.95f});
  add_mirrors(
      mesh, {1.62f * l, w + 0.08f, 1.26f}, 0.15f * lamp, Material::trim);
}

}  // namespace convoy
