#pragma once
// Turns triangles into what is seen at each sample of the picture: a z-buffer.

#include <vector>

#include "data/render/raster/camera.h"
#include "data/render/raster/mesh.h"

namespace convoy {

/// What a sample sees.
struct Surface {
  float nearness =
      0;        ///< 1 / depth along the camera's forward; 0 = nothing seen
  Vec3 normal;  ///< outwards, not quite unit length
  Material material = Material::none;
};

/// side x side samples, rows from the top.
struct SurfaceMap {
  int side = 0;
  std::vector<Surface> samples;

  explicit SurfaceMap(int new_side)
      : side(new_side),
        samples(static_cast<std::size_t>(new_side) * new_side) {}
  Surface* row(int y) {
    return samples.data() + static_cast<std::size_t>(y) * side;
  }
  const Surface* row(int y) const {
    return samples.data() + static_cast<std::size_t>(y) * side;
  }
};

/// Draws the mesh over what is in `map`, nearer surfaces in front. `camera` is
/// for a picture of map.side. Triangles that reach behind the eye are left out.
void rasterise(const Mesh& mesh, const Camera& camera, SurfaceMap& map);

}  // namespace convoy
