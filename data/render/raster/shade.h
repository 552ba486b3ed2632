#pragma once
// What colour a surface has in this light.

#include <array>

#include "data/render/raster/camera.h"
#include "data/render/raster/raster.h"
#include "data/render/scene/scene.h"

namespace convoy {

struct Finish {
  Rgb colour;
  float highlight = 0;  ///< strength of the light's reflection
  float mirror = 0;     ///< how much of the surroundings it reflects, face on
  float metal = 0;      ///< darkens edge-on, as metallic paint does
  float glow = 0;       ///< own light
};
using Finishes = std::array<Finish, kMaterials>;

/// The finish of each material in this scene.
Finishes finishes_of(const Scene& scene);

/// The light that leaves a surface towards the eye. `to_eye` is unit length.
Rgb shade(
    const Surface& surface,
    const Finish& finish,
    Vec3 to_eye,
    const LightDraw& light);

/// The sky in a direction (unit length): horizon to zenith, ground below.
Rgb surroundings(Vec3 direction, const LightDraw& light);

}  // namespace convoy
