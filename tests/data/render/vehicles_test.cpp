// What every vehicle must have for its pictures to be right.

#include "data/render/vehicles/vehicle.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "data/render/classes.h"
#include "data/render/raster/camera.h"

namespace convoy {
namespace {

class Vehicles : public testing::TestWithParam<int> {
 protected:
  /// The vehicle with all proportions at this end of their range.
  Mesh built(float proportion) const {
    VehicleLook look;
    ShapeDraw& s = look.shape;
    s.length = s.width = s.height = s.cabin = s.nose = s.wheel = proportion;
    s.fittings = proportion;
    s.option = proportion > 0;
    Mesh mesh;
    build_vehicle(static_cast<VehicleType>(GetParam()), look, mesh);
    return mesh;
  }
};

TEST_P(Vehicles, StandOnTheGround) {
  for (const float proportion : {-1.f, 0.f, 1.f}) {
    EXPECT_NEAR(bounds_of(built(proportion)).low.z, 0, 1e-5);
  }
}

TEST_P(Vehicles, AreTheSameOnBothSides) {
  const Mesh mesh = built(0.3f);
  const auto rounded = [](Vec3 p) {
    return std::tuple(
        std::lround(p.x * 1e4f),
        std::lround(p.y * 1e4f),
        std::lround(p.z * 1e4f));
  };
  std::set<std::tuple<long, long, long>> places;
  for (const Vertex& vertex : mesh.vertices) {
    places.insert(rounded(vertex.position));
  }
  for (const Vertex& vertex : mesh.vertices) {
    const Vec3 mirrored = vertex.position * Vec3{1, -1, 1};
    // Spokes turn the same way round on both sides; all else mirrors.
    const bool wheel =
        vertex.position.z < 1.0f && std::abs(vertex.normal.y) > 0.99f;
    EXPECT_TRUE(wheel || places.count(rounded(mirrored)));
  }
}

TEST_P(Vehicles, HaveWhiteLampsInFrontAndRedOnesBehind) {
  const Mesh mesh = built(0);
  int white = 0;
  int red = 0;
  for (const Triangle& t : mesh.triangles) {
    const float x = mesh.vertices[t.first].position.x;
    if (t.material == Material::headlight) {
      ++white;
      EXPECT_GT(x, 1.5f);
    }
    if (t.material == Material::taillight) {
      ++red;
      EXPECT_LT(x, -1.5f);
    }
  }
  EXPECT_GE(white, 24);
  EXPECT_GE(red, 24);
}

TEST_P(Vehicles, HaveNormalsThatPointOutOfTheirWoundSide) {
  const Mesh mesh = built(-0.5f);
  for (const Triangle& t : mesh.triangles) {
    ASSERT_LT(t.third, mesh.vertices.size());
    const Vertex& a = mesh.vertices[t.first];
    const Vertex& b = mesh.vertices[t.second];
    const Vertex& c = mesh.vertices[t.third];
    const Vec3 wound =
        normalized(cross(b.position - a.position, c.position - a.position));
    for (const Vertex* vertex : {&a, &b, &c}) {
      ASSERT_NEAR(dot(vertex->normal, vertex->normal), 1, 1e-4);
      if (dot(wound, wound) > 0.5f) {
        ASSERT_GT(dot(wound, vertex->normal), 0);
      }
    }
  }
}

TEST_P(Vehicles, HaveWindows) {
  int panes = 0;
  for (const Triangle& t : built(0).triangles) {
    panes += t.material == Material::glass;
  }
  EXPECT_GE(panes, 12);
}

INSTANTIATE_TEST_SUITE_P(AllTypes, Vehicles, testing::Range(0, kVehicleTypes));

TEST(VehicleTypes, DifferInSize) {
  const auto bounds = [](VehicleType type) {
    Mesh mesh;
    build_vehicle(type, {}, mesh);
    return bounds_of(mesh).high;
  };
  EXPECT_LT(bounds(VehicleType::sedan).z, 1.5f);
  EXPECT_NEAR(bounds(VehicleType::pickup).z, 1.8f, 0.1f);
  EXPECT_NEAR(bounds(VehicleType::van).z, 2.1f, 0.1f);
  EXPECT_GT(bounds(VehicleType::truck).z, 2.8f);
}

}  // namespace
}  // namespace convoy
