// Where the camera stands, and how it frames the vehicle.

#include "data/render/raster/camera.h"

#include <gtest/gtest.h>

#include "data/render/vehicles/vehicle.h"

namespace convoy {
namespace {

struct Point {
  float x, y;
};

Point seen(const Camera& camera, Vec3 place) {
  const Vec3 p = place - camera.eye;
  const float scale = camera.focal_px / dot(p, camera.forward);
  return {
      camera.centre_x + dot(p, camera.right) * scale,
      camera.centre_y - dot(p, camera.up) * scale};
}

Mesh sedan() {
  Mesh mesh;
  build_sedan({}, mesh);
  return mesh;
}

CameraDraw from(float azimuth, float elevation) {
  CameraDraw draw;
  draw.azimuth_deg = azimuth;
  draw.elevation_deg = elevation;
  return draw;
}

constexpr Vec3 kFront{2, 0, 0.7f};
constexpr Vec3 kRear{-2, 0, 0.7f};
constexpr Vec3 kLeft{0, 0.8f, 0.7f};
constexpr Vec3 kRight{0, -0.8f, 0.7f};

TEST(Camera, SeesTheFrontAtTheLeftFromTheVehiclesLeft) {
  const Camera camera = aim(from(90, 5), sedan(), 96);
  EXPECT_GT(camera.eye.y, 0);
  EXPECT_LT(seen(camera, kFront).x, seen(camera, kRear).x);
}

TEST(Camera, SeesTheVehiclesLeftAtTheRightFromInFront) {
  const Camera camera = aim(from(0, 25), sedan(), 96);
  EXPECT_GT(camera.eye.x, 0);
  EXPECT_GT(seen(camera, kLeft).x, seen(camera, kRight).x);
  EXPECT_GT(seen(camera, kFront).y, seen(camera, kRear).y);
}

TEST(Camera, SeesTheFrontAtTheLowerEdgeFromTheTop) {
  const Camera camera = aim(from(0, 90), sedan(), 96);
  EXPECT_GT(seen(camera, kFront).y, seen(camera, kRear).y + 40);
}

TEST(Camera, MirrorsAnAzimuthIntoItsNegative) {
  const Camera left = aim(from(45, 25), sedan(), 96);
  const Camera right = aim(from(315, 25), sedan(), 96);
  const Point a = seen(left, {2, 0.5f, 0.3f});
  const Point b = seen(right, {2, -0.5f, 0.3f});
  EXPECT_NEAR(a.x, 96 - b.x, 1e-2);
  EXPECT_NEAR(a.y, b.y, 1e-2);
}

TEST(Camera, FillsAsMuchOfThePictureAsAskedAndCutsNothingOff) {
  for (const float azimuth : {0.f, 30.f, 90.f, 200.f}) {
    for (const float elevation : {2.f, 25.f, 50.f, 88.f}) {
      CameraDraw draw = from(azimuth, elevation);
      draw.fill = 0.7f;
      draw.roll_deg = 10;
      draw.shift_x = 1;
      draw.shift_y = -1;
      const Mesh mesh = sedan();
      const Camera camera = aim(draw, mesh, 200);
      Point low{1e9f, 1e9f};
      Point high{-1e9f, -1e9f};
      for (const Vertex& vertex : mesh.vertices) {
        const Point p = seen(camera, vertex.position);
        low = {std::min(low.x, p.x), std::min(low.y, p.y)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y)};
      }
      EXPECT_NEAR(std::max(high.x - low.x, high.y - low.y), 140, 0.1);
      EXPECT_NEAR(high.x, 200, 0.1);
      EXPECT_NEAR(low.y, 0, 0.1);
      EXPECT_GE(low.x, -0.1);
      EXPECT_LE(high.y, 200.1);
    }
  }
}

}  // namespace
}  // namespace convoy
