#pragma once
// Things close to the camera that hide part of the vehicle.

#include "data/render/scene/film.h"
#include "data/render/scene/scene.h"

namespace convoy {

/// Draws the scene's posts, crates and people over the film.
void paint_occluders(const Scene& scene, Film& film);

}  // namespace convoy
