#pragma once
// Lights what the camera sees and puts the background behind it.

#include "data/render/raster/raster.h"
#include "data/render/scene/background.h"
#include "data/render/scene/film.h"

namespace convoy {

inline constexpr int kSamples =
    2;  ///< per pixel and direction, for smooth edges

/// Fills the film from kSamples times as many surfaces each way; `camera` and
/// `background` are for the film's size.
void compose(
    const Scene& scene,
    const Camera& camera,
    const SurfaceMap& map,
    const Background& background,
    Film& film);

}  // namespace convoy
