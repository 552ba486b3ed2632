#pragma once
// The places a vehicle can be photographed at, without the vehicle.

#include "data/render/scene/scene.h"

namespace convoy {

/// What a place is asked about: one pixel.
struct Look {
  Vec3 eye;
  Vec3 ray;             ///< unit length
  bool ground = false;  ///< does it meet the ground?
  Vec3 spot;            ///< where, if so
  float footprint = 0;  ///< side of the pixel there, in metres
  float x = 0, y = 0;   ///< in the picture, -0.5 to 0.5
};

/// The colour of that place there.
Rgb place_colour(const BackgroundDraw& background, const Look& look);

}  // namespace convoy
