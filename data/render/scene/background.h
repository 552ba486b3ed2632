#pragma once
// What is behind the vehicle, and the vehicle's shadow on it.

#include "data/render/raster/camera.h"
#include "data/render/scene/scene.h"

namespace convoy {

/// The empty place as `camera` sees it, with the shadow that a vehicle of these
/// bounds throws on the ground. Keeps references: scene and camera outlive it.
class Background {
 public:
  Background(
      const Scene& scene,
      const Camera& camera,
      const Bounds& vehicle,
      int size_px);

  /// The colour of pixel (x, y), whose centre is seen along `ray` (unit
  /// length).
  Rgb at(Vec3 ray, int x, int y) const;

 private:
  const Scene& scene_;
  const Camera& camera_;
  Bounds vehicle_;
  int size_px_;
};

}  // namespace convoy
