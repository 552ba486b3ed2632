#pragma once
// Crates and barrels that stand about the vehicle.

#include "data/render/raster/camera.h"
#include "data/render/raster/mesh.h"
#include "data/render/scene/scene.h"

namespace convoy {

/// Adds the scene's clutter, the i-th in material clutter + i, but not what
/// would touch the vehicle or stand between it and the eye.
void add_clutter(
    const Scene& scene, const Bounds& vehicle, Vec3 eye, Mesh& mesh);

}  // namespace convoy
