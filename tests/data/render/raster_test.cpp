// The z-buffer.

#include "data/render/raster/raster.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

/// At the origin, looks along x; one metre ahead is a square of 2 x 2 metres, y
/// to the left.
Camera camera_of(int side) {
  Camera camera;
  camera.forward = {1, 0, 0};
  camera.right = {0, -1, 0};
  camera.up = {0, 0, 1};
  camera.focal_px = 0.5f * static_cast<float>(side);
  camera.centre_x = camera.centre_y = 0.5f * static_cast<float>(side);
  return camera;
}

/// A square of side 2 `half` that faces the camera, or away from it.
void add_square(
    Mesh& mesh, float x, float half, Material material, bool away = false) {
  const Vec3 normal{away ? 1.f : -1.f, 0, 0};
  const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
  const float y = away ? -half : half;
  for (const Vec3 corner :
       {Vec3{x, y, half},
        Vec3{x, y, -half},
        Vec3{x, -y, -half},
        Vec3{x, -y, half}}) {
    mesh.vertices.push_back({corner, normal});
  }
  mesh.triangles.push_back({first, first + 1, first + 2, material});
  mesh.triangles.push_back({first, first + 2, first + 3, material});
}

int count(const SurfaceMap& map, Material material) {
  return static_cast<int>(std::count_if(
      map.samples.begin(), map.samples.end(), [&](const Surface& surface) {
        return surface.material == material;
      }));
}

TEST(Raster, CoversTheSamplesWithinASquare) {
  Mesh mesh;
  add_square(mesh, 2, 1, Material::paint);
  SurfaceMap map(40);
  rasterise(mesh, camera_of(40), map);
  EXPECT_EQ(count(map, Material::paint), 20 * 20);
  EXPECT_EQ(map.row(10)[10].material, Material::paint);
  EXPECT_EQ(map.row(9)[10].material, Material::none);
  EXPECT_EQ(map.row(29)[29].material, Material::paint);
  EXPECT_EQ(map.row(29)[30].material, Material::none);
}

TEST(Raster, ShowsWhatIsNearerWhateverTheOrder) {
  for (const bool near_first : {false, true}) {
    Mesh mesh;
    add_square(
        mesh,
        near_first ? 2.f : 4.f,
        1,
        near_first ? Material::paint : Material::glass);
    add_square(
        mesh,
        near_first ? 4.f : 2.f,
        1,
        near_first ? Material::glass : Material::paint);
    SurfaceMap map(40);
    rasterise(mesh, camera_of(40), map);
    EXPECT_EQ(count(map, Material::paint), 20 * 20);
    EXPECT_EQ(count(map, Material::glass), 0);
  }
}

TEST(Raster, KnowsTheDepth) {
  Mesh mesh;
  add_square(mesh, 4, 3, Material::paint);
  SurfaceMap map(16);
  rasterise(mesh, camera_of(16), map);
  EXPECT_NEAR(map.row(8)[8].nearness, 0.25f, 1e-6);
}

TEST(Raster, DrawsOutsidesOnly) {
  Mesh mesh;
  add_square(mesh, 2, 1, Material::paint, true);
  SurfaceMap map(16);
  rasterise(mesh, camera_of(16), map);
  EXPECT_EQ(count(map, Material::paint), 0);
}

TEST(Raster, LeavesOutWhatReachesBehindTheEyeAndClipsTheRest) {
  Mesh mesh;
  add_square(mesh, -2, 1, Material::glass, true);
  add_square(mesh, 2, 50, Material::paint);
  SurfaceMap map(16);
  rasterise(mesh, camera_of(16), map);
  EXPECT_EQ(count(map, Material::glass), 0);
  EXPECT_EQ(count(map, Material::paint), 16 * 16);
}

}  // namespace
}  // namespace convoy
