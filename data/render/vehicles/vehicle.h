#pragma once
// Builds a vehicle: x ahead, y to its left, z up, metres, wheels on z = 0,
// middle of the wheelbase near x = 0.

#include "data/render/raster/mesh.h"
#include "data/render/scene/scene.h"

namespace convoy {

/// What a builder knows: how this one differs, and where the second colour
/// goes.
struct VehicleLook {
  ShapeDraw shape;
  TwoTone two_tone = TwoTone::none;

  Material roof() const {
    return two_tone == TwoTone::roof ? Material::second_paint : Material::paint;
  }
  Material lower() const {
    return two_tone == TwoTone::lower ? Material::second_paint
                                      : Material::paint;
  }
};

void build_pickup(const VehicleLook& look, Mesh& mesh);
void build_sedan(const VehicleLook& look, Mesh& mesh);
void build_truck(const VehicleLook& look, Mesh& mesh);
void build_van(const VehicleLook& look, Mesh& mesh);

/// The builder of that type.
void build_vehicle(VehicleType type, const VehicleLook& look, Mesh& mesh);

}  // namespace convoy
