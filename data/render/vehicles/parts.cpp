// Builds wheels, lamps, plates, mirrors, door lines.

#include "data/render/vehicles/parts.h"

namespace convoy {
namespace {

constexpr float kSkin =
    0.006f;  ///< what lies on a surface stands off this much

void add_wheel(Mesh& mesh, const Axle& axle, int side) {
  Disc disc;
  disc.side = side;
  const auto layer = [&](float offset) {
    disc.centre = {axle.x, side * (axle.half_track + offset), axle.radius};
  };
  if (axle.arch > 0) {
    layer(-2 * kSkin);
    disc.radius = axle.radius * axle.arch;
    disc.to_deg = 180;
    add_disc(mesh, disc, Material::black);
    disc.to_deg = 360;
  }
  layer(0);
  disc.radius = axle.radius;
  disc.inner = axle.radius * 0.64f;
  add_disc(mesh, disc, Material::tyre);
  add_tube(mesh, disc, axle.width, Material::tyre);
  layer(kSkin);
  disc.radius = axle.radius * 0.68f;
  disc.inner = 0;
  add_disc(mesh, disc, Material::rim);
  layer(2 * kSkin);
  disc.radius = axle.radius * 0.56f;
  disc.inner = axle.radius * 0.2f;
  disc.pieces = 1;
  for (int i = 0; i < axle.spokes; ++i) {
    disc.from_deg = 360.0f * (i + 0.28f) / axle.spokes;
    disc.to_deg = 360.0f * (i + 0.86f) / axle.spokes;
    add_disc(mesh, disc, Material::black);
  }
}

}  // namespace

void add_axle(Mesh& mesh, const Axle& axle) {
  add_wheel(mesh, axle, 1);
  add_wheel(mesh, axle, -1);
}

void add_end(Mesh& mesh, const End& end) {
  const float out = static_cast<float>(end.facing);
  const Material lamp =
      end.facing > 0 ? Material::headlight : Material::taillight;
  const float lamp_x = end.x + out * (2 * kSkin - end.lamp_half.x);
  add_box_pair(mesh, {{lamp_x, end.lamp_y, end.lamp_z}, end.lamp_half}, lamp);
  if (end.bumper_half_height > 0) {
    add_box(
        mesh,
        {{end.x + out * (0.05f - 0.12f), 0, end.bumper_z},
         {0.12f, end.bumper_half_width, end.bumper_half_height}},
        end.bumper);
  }
  add_box(
      mesh,
      {{end.x + out * 0.05f, 0, end.plate_z}, {0.012f, 0.26f, 0.06f}},
      Material::plate);
}

void add_door_line(Mesh& mesh, const DoorLine& line) {
  add_box_pair(
      mesh,
      {{line.x, line.y, 0.5f * (line.low + line.high)},
       {0.012f, kSkin, 0.5f * (line.high - line.low)}},
      Material::black);
}

void add_corner_lamps(Mesh& mesh, Vec3 left, Material material) {
  add_box_pair(mesh, {left, {0.14f, 0.03f, 0.07f}}, material);
}

void add_mirrors(Mesh& mesh, Vec3 left, float size, Material material) {
  add_box_pair(mesh, {left, Vec3{0.35f, 0.8f, 0.6f} * size}, material);
}

}  // namespace convoy
