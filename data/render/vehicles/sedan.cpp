// The sedan: low, three boxes, four side windows.

#include "data/render/vehicles/body.h"
#include "data/render/vehicles/parts.h"
#include "data/render/vehicles/vehicle.h"

namespace convoy {
namespace {

std::vector<Station> stations(float nose, float half_width, float l, float h) {
  const auto at = [&](float x, float floor, float top, float width) {
    return Station{x * l, floor, top * h, width * half_width};
  };
  return {
      at(-2.30f, 0.40f, 0.90f, 0.87f),
      at(-2.22f, 0.28f, 1.01f, 0.95f),
      at(-1.75f, 0.23f, 1.03f, 0.99f),
      at(-0.60f, 0.21f, 0.98f, 1.0f),
      at(0.95f, 0.21f, 0.92f, 1.0f),
      at(1.70f, 0.23f, 0.82f + 0.02f * nose, 0.98f),
      at(2.12f + 0.06f * nose, 0.26f, 0.71f + 0.03f * nose, 0.93f),
      at(2.28f + 0.06f * nose, 0.36f, 0.59f + 0.03f * nose, 0.82f)};
}

Cabin cabin(const VehicleLook& look, float half_width, float l, float h) {
  const float c = 0.14f * look.shape.cabin;
  const auto ring = [&](float z, float front, float rear, float width) {
    return Ring{z * h, front * l, rear * l, width * half_width, 0.10f};
  };
  Cabin built;
  built.rings = {
      ring(0.91f, 1.10f, -1.98f + c, 0.94f),
      ring(1.30f, 0.34f + c, -1.38f + c, 0.78f),
      ring(1.40f, 0.08f + c, -1.12f + c, 0.70f),
      ring(1.45f, -0.15f + c, -0.88f + c, 0.50f)};
  built.windows = {{0.08f, 0.47f}, {0.53f, 0.88f}};
  built.roof = look.roof();
  return built;
}

}  // namespace

void build_sedan(const VehicleLook& look, Mesh& mesh) {
  const ShapeDraw& shape = look.shape;
  const float l = 1.0f + 0.05f * shape.length;
  const float h = 1.0f + 0.05f * shape.height;
  const float w = 0.91f * (1.0f + 0.04f * shape.width);
  const float lamp = 1.0f + 0.25f * shape.fittings;
  const float front = (2.28f + 0.06f * shape.nose) * l;
  const float radius = 0.325f * (1.0f + 0.07f * shape.wheel);
  add_body(
      mesh, stations(shape.nose, w, l, h), {Material::paint, look.lower()});
  add_cabin(mesh, cabin(look, w, l, h));
  for (const float x : {1.42f * l, -1.32f * l}) {
    add_axle(mesh, {x, w + 0.012f, radius, 0.21f, 1.2f, shape.spokes});
  }
  End nose{
      front, 1, 0.63f * w, 0.56f * h, {0.08f, 0.16f * lamp, 0.075f * lamp}};
  nose.bumper_half_width = 0.86f * w;
  nose.bumper_z = 0.36f;
  nose.bumper_half_height = 0.08f;
  nose.plate_z = 0.44f;
  add_end(mesh, nose);
  add_box(
      mesh,
      {{front, 0, 0.53f * h}, {0.03f, 0.38f * w, 0.055f}},
      Material::black);
  End tail{
      -2.30f * l,
      -1,
      0.72f * w,
      0.82f * h,
      {0.10f, 0.22f * lamp, 0.085f * lamp}};
  tail.bumper_half_width = 0.88f * w;
  tail.bumper_z = 0.42f;
  tail.bumper_half_height = 0.09f;
  tail.plate_z = 0.62f;
  add_end(mesh, tail);
  add_corner_lamps(
      mesh, {2.08f * l, 0.935f * w, 0.57f * h}, Material::headlight);
  add_corner_lamps(
      mesh, {-2.16f * l, 0.955f * w, 0.82f * h}, Material::taillight);
  const float side = w + 0.001f;
  add_door_line(mesh, {0.98f * l, side, 0.30f, 0.76f * h});
  add_door_line(mesh, {-0.42f * l, side, 0.30f, 0.76f * h});
  add_mirrors(
      mesh, {0.72f * l, w + 0.06f, 0.97f * h}, 0.11f * lamp, Material::paint);
}

}  // namespace convoy
