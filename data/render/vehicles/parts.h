#pragma once
// What every vehicle has: wheels, lamps, plates, mirrors, door lines.

#include "data/render/raster/mesh.h"

namespace convoy {

struct Axle {
  float x = 0;
  float half_track = 0.9f;  ///< y of the wheels' outer faces
  float radius = 0.32f;
  float width = 0.22f;
  float arch = 1.2f;  ///< radius of the dark arch over the wheel's; 0 = no arch
  int spokes = 5;
};
/// Two wheels that stand on the ground, with the dark of the wheel arches.
void add_axle(Mesh& mesh, const Axle& axle);

/// A pair of lamps, plates and bumper at one end of the vehicle.
struct End {
  float x = 0;     ///< of the outermost surface there
  int facing = 1;  ///< 1 front, -1 rear
  float lamp_y = 0.6f, lamp_z = 0.7f;
  Vec3 lamp_half{0.06f, 0.16f, 0.07f};
  float bumper_half_width = 0.8f, bumper_z = 0.42f, bumper_half_height = 0.1f;
  Material bumper = Material::trim;
  float plate_z = 0.5f;
};
void add_end(Mesh& mesh, const End& end);

/// Dark upright lines on both sides, where doors meet: at `x`, from `low` to
/// `high`.
struct DoorLine {
  float x, y, low, high;
};
void add_door_line(Mesh& mesh, const DoorLine& line);

/// The part of the lamps that wraps round to the sides, so that front and rear
/// can be told from there.
void add_corner_lamps(Mesh& mesh, Vec3 left, Material material);

/// Mirrors on both sides.
void add_mirrors(Mesh& mesh, Vec3 left, float size, Material material);

}  // namespace convoy
