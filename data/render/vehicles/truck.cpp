// The truck: a flat cab over the front axle, a separate cargo box on a frame.

#include "data/render/vehicles/body.h"
#include "data/render/vehicles/parts.h"
#include "data/render/vehicles/vehicle.h"

namespace convoy {
namespace {

constexpr float kCabRear = 1.62f;

Cabin cab(const VehicleLook& look, float half_width, float l) {
  const float c = 0.06f * look.shape.cabin;
  const float n = 0.05f * look.shape.nose;
  const auto ring = [&](float z, float front, float width) {
    return Ring{z + c, front * l + n, kCabRear * l, width * half_width, 0.06f};
  };
  Cabin built;
  built.rings = {
      ring(0.48f, 3.10f, 0.96f),
      ring(0.85f, 3.18f, 0.98f),
      ring(1.36f, 3.16f, 0.98f),
      ring(2.06f, 3.00f, 0.93f),
      ring(2.26f, 2.86f, 0.87f),
      ring(2.34f, 2.60f, 0.72f)};
  built.glass_row = 2;
  built.windows = {{0.10f, 0.62f}};
  built.rear_window = false;
  built.roof = look.roof();
  return built;
}

void add_frame(Mesh& mesh, float w, float l) {
  add_box(
      mesh,
      {{-0.2f * l, 0, 0.78f}, {2.95f * l, 0.42f * w, 0.16f}},
      Material::black);
  add_box_pair(
      mesh,
      {{0.05f * l, 0.82f * w, 0.62f}, {0.85f * l, 0.05f, 0.20f}},
      Material::trim);
  add_box_pair(
      mesh,
      {{-2.75f * l, 0.82f * w, 0.66f}, {0.28f * l, 0.04f, 0.10f}},
      Material::trim);
}

void add_cargo(Mesh& mesh, float w, float l, float top) {
  const float rear = -3.22f * l;
  const float front = 1.42f * l;
  const float middle = 0.5f * (rear + front);
  const Vec3 half{0.5f * (front - rear), w, 0.5f * (top - 0.98f)};
  add_box(mesh, {{middle, 0, 0.98f + half.z}, half}, Material::cargo);
  const Vec3 edge{half.x + 0.012f, w + 0.012f, 0.035f};
  add_box(mesh, {{middle, 0, 1.0f}, edge}, Material::trim);
  add_box(mesh, {{middle, 0, top - 0.05f}, edge}, Material::trim);
  const float doors = rear - 0.006f;
  add_box(
      mesh,
      {{doors, 0, 0.98f + half.z}, {0.01f, 0.015f, half.z}},
      Material::black);
  add_box_pair(
      mesh,
      {{doors, 0.25f * w, 0.98f + half.z}, {0.02f, 0.018f, half.z * 0.9f}},
      Material::rim);
  add_box_pair(
      mesh,
      {{doors, 0.98f * w, 0.98f + half.z}, {0.02f, 0.03f, half.z}},
      Material::trim);
}

}  // namespace

void build_truck(const VehicleLook& look, Mesh& mesh) {
  const ShapeDraw& shape = look.shape;
  const float l = 1.0f + 0.06f * shape.length;
  const float w = 1.12f * (1.0f + 0.03f * shape.width);
  const float top = 2.95f * (1.0f + 0.05f * shape.height);
  const float lamp = 1.0f + 0.2f * shape.fittings;
  const float front = 3.18f * l + 0.05f * shape.nose;
  const float radius = 0.46f * (1.0f + 0.06f * shape.wheel);
  add_cabin(mesh, cab(look, w, l));
  add_frame(mesh, w, l);
  add_cargo(mesh, w, l, top);
  add_axle(mesh, {2.35f * l, w + 0.012f, radius, 0.28f, 1.16f, shape.spokes});
  add_axle(mesh, {-1.78f * l, 0.95f * w, radius, 0.5f, 0, shape.spokes});
  End nose{front, 1, 0.76f * w, 0.74f, {0.08f, 0.17f * lamp, 0.09f * lamp}};
  nose.bumper_half_width = 0.97f * w;
  nose.bumper_z = 0.54f;
  nose.bumper_half_height = 0.13f;
  nose.plate_z = 0.52f;
  add_end(mesh, nose);
  add_box(
      mesh,
      {{front + 0.03f, 0, 1.06f}, {0.04f, 0.55f * w, 0.13f}},
      Material::black);
  End tail{
      -3.16f * l, -1, 0.74f * w, 0.80f, {0.05f, 0.17f * lamp, 0.08f * lamp}};
  tail.bumper_half_width = 0.92f * w;
  tail.bumper_z = 0.58f;
  tail.bumper_half_height = 0.07f;
  tail.plate_z = 0.82f;
  add_end(mesh, tail);
  if (shape.option) {
    add_box(
        mesh, {{1.95f * l, 0, 2.5f}, {0.30f, 0.62f * w, 0.20f}}, look.roof());
  }
  const float side = 0.985f * w;
  add_door_line(mesh, {2.98f * l, side, 0.6f, 1.34f});
  add_door_line(mesh, {1.92f * l, side, 0.6f, 1.34f});
  add_mirrors(
      mesh, {2.98f * l, w + 0.16f, 1.72f}, 0.22f * lamp, Material::trim);
}

}  // namespace convoy
