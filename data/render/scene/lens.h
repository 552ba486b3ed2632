#pragma once
// From light to bytes, as a camera does it: exposure, softness, noise.

#include "data/image/image.h"
#include "data/render/draw.h"
#include "data/render/scene/film.h"
#include "data/render/scene/scene.h"

namespace convoy {

/// Develops the film into `out` (RGB, film.side squared). `noise` is this
/// picture's stream for the sensor's noise. The film is used up.
void develop(const LensDraw& lens, SceneDraw& noise, Film& film, Image& out);

}  // namespace convoy
