// The pickup: a cab in the middle, a long nose, an open bed behind.

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
      at(-0.78f, 0.42f, 1.08f, 0.99f),
      at(0.40f, 0.40f, 1.08f, 1.0f),
      at(1.30f, 0.40f, 1.08f, 1.0f),
      at(2.30f + 0.08f * nose, 0.42f, 1.05f + 0.02f * nose, 0.97f),
      at(2.56f + 0.08f * nose, 0.46f, 0.99f + 0.02f * nose, 0.93f),
      at(2.64f + 0.08f * nose, 0.54f, 0.90f + 0.02f * nose, 0.87f)};
}

Cabin cabin(const VehicleLook& look, float half_width, float l, float h) {
  const float c = 0.10f * look.shape.cabin;
  const auto ring = [&](float z, float front, float rear, float width) {
    return Ring{z * h, front * l, rear * l, width * half_width, 0.08f};
  };
  Cabin built;
  built.rings = {
      ring(1.04f, 1.22f, -0.74f + c, 0.95f),
      ring(1.58f, 0.68f, -0.62f + c, 0.80f),
      ring(1.72f, 0.48f, -0.52f + c, 0.73f),
      ring(1.78f, 0.25f, -0.35f + c, 0.52f)};
  built.windows = {{0.10f, 0.54f}, {0.62f, 0.90f}};
  built.roof = look.roof();
  return built;
}

/// Side walls, tailgate and floor of the bed, and the dark frame that shows
/// below.
void add_bed(Mesh& mesh, const VehicleLook& look, float w, float l, float h) {
  const float rear = -2.66f * l;
  const float front = -0.76f * l;
  const float middle = 0.5f * (rear + front);
  const float half_length = 0.5f * (front - rear);
  const float top = 1.09f * h;
  const float half_height = 0.5f * (top - 0.74f);
  add_box_pair(
      mesh,
      {{middle, 0.94f * w, top - half_height},
       {half_length, 0.055f * w, half_height}},
      Material::paint);
  add_box_pair(
      mesh,
      {{middle, 0.94f * w, 0.61f}, {half_length, 0.055f * w, 0.13f}},
      look.lower());
  add_box(
      mesh,
      {{rear + 0.05f, 0, 0.5f * (top + 0.5f)},
       {0.05f, 0.93f * w, 0.5f * (top - 0.5f)}},
      Material::paint);
  add_box(
      mesh,
      {{middle, 0, 0.66f}, {half_length, 0.90f * w, 0.05f}},
      Material::black);
  add_box(
      mesh,
      {{-0.4f * l, 0, 0.48f}, {2.1f * l, 0.7f * w, 0.08f}},
      Material::black);
}

}  // namespace

void build_pickup(const VehicleLook& look, Mesh& mesh) {
  const ShapeDraw& shape = look.shape;
  const float l = 1.0f + 0.05f * shape.length;
  const float h = 1.0f + 0.04f * shape.height;
  const float w = 0.97f * (1.0f + 0.03f * shape.width);
  const float lamp = 1.0f + 0.2f * shape.fittings;
  const float front = (2.64f + 0.08f * shape.nose) * l;
  const float radius = 0.39f * (1.0f + 0.07f * shape.wheel);
  add_body(
      mesh, stations(shape.nose, w, l, h), {Material::paint, look.lower()});
  add_cabin(mesh, cabin(look, w, l, h));
  add_bed(mesh, look, w, l, h);
  if (shape.option) {
    add_box_pair(
        mesh,
        {{-0.95f * l, 0.70f * w, 1.35f * h}, {0.05f, 0.04f, 0.32f}},
        Material::trim);
    add_box(
        mesh,
        {{-0.95f * l, 0, 1.65f * h}, {0.05f, 0.74f * w, 0.04f}},
        Material::trim);
  }
  for (const float x : {1.75f * l, -1.72f * l}) {
    add_axle(mesh, {x, w + 0.014f, radius, 0.25f, 1.22f, shape.spokes});
  }
  End nose{front, 1, 0.69f * w, 0.86f * h, {0.08f, 0.14f * lamp, 0.09f * lamp}};
  nose.bumper_half_width = 0.93f * w;
  nose.bumper_z = 0.56f;
  nose.bumper = Material::rim;
  nose.plate_z = 0.56f;
  add_end(mesh, nose);
  add_box(
      mesh,
      {{front, 0, 0.84f * h}, {0.03f, 0.52f * w, 0.12f}},
      Material::black);
  End tail{
      -2.66f * l,
      -1,
      0.965f * w,
      0.88f * h,
      {0.06f, 0.07f * lamp, 0.15f * lamp}};
  tail.bumper_half_width = 0.93f * w;
  tail.bumper_z = 0.50f;
  tail.bumper_half_height = 0.08f;
  tail.bumper = Material::rim;
  tail.plate_z = 0.54f;
  add_end(mesh, tail);
  add_corner_lamps(
      mesh, {2.50f * l, 0.945f * w, 0.86f * h}, Material::headlight);
  const float side = w + 0.001f;
  add_door_line(mesh, {1.12f * l, side, 0.48f, 0.95f * h});
  add_door_line(mesh, {0.15f * l, side, 0.48f, 0.95f * h});
  add_door_line(mesh, {-0.77f * l, side, 0.48f, 1.0f * h});
  add_mirrors(
      mesh, {0.95f * l, w + 0.08f, 1.16f * h}, 0.14f * lamp, Material::trim);
}

}  // namespace convoy
