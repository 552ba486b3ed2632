#pragma once
// A pinhole camera that looks at the vehicle.

#include "data/render/raster/mesh.h"
#include "data/render/scene/scene.h"

namespace convoy {

/// Pixels have their centres at halves; x to the right, y down.
struct Camera {
  Vec3 eye;
  Vec3 forward, right, up;  ///< unit length, at right angles
  float focal_px = 1;
  float centre_x = 0, centre_y = 0;  ///< where `forward` meets the picture

  /// From the eye through a point of the picture; 1 long along `forward`.
  Vec3 ray(float x, float y) const {
    return forward + right * ((x - centre_x) / focal_px) -
           up * ((y - centre_y) / focal_px);
  }
};

/// The same camera for a picture `factor` times as large.
Camera scaled(const Camera& camera, float factor);

struct Bounds {
  Vec3 low, high;
};
Bounds bounds_of(const Mesh& mesh);

/// Stands where `draw` says and frames the vehicle: the longer side of its
/// outline in the picture takes `draw.fill` of size_px, and no part of it is
/// cut off.
Camera aim(const CameraDraw& draw, const Mesh& vehicle, int size_px);

}  // namespace convoy
