// The triangle loop.

#include "data/render/raster/raster.h"

#include <array>
#include <cmath>

namespace convoy {
namespace {

constexpr float kNearest = 0.2f;  ///< metres in front of the eye

struct Corner {
  float x = 0, y = 0;   ///< in the picture, samples at whole numbers
  float nearness = -1;  ///< < 0: behind the eye
};

std::vector<Corner> project(const Mesh& mesh, const Camera& camera) {
  std::vector<Corner> corners;
  corners.reserve(mesh.vertices.size());
  for (const Vertex& vertex : mesh.vertices) {
    const Vec3 p = vertex.position - camera.eye;
    const float depth = dot(p, camera.forward);
    if (depth < kNearest) {
      corners.push_back({});
      continue;
    }
    const float nearness = 1.0f / depth;
    const float scale = camera.focal_px * nearness;
    corners.push_back(
        {camera.centre_x + dot(p, camera.right) * scale - 0.5f,
         camera.centre_y - dot(p, camera.up) * scale - 0.5f,
         nearness});
  }
  return corners;
}

/// A value that changes evenly over the triangle: at a + x * dx + y * dy.
struct Plane {
  float a, dx, dy;
  float at(float x, float y) const { return a + x * dx + y * dy; }
};

/// What a triangle needs to be filled.
struct Setup {
  std::array<Plane, 3> weights;  ///< barycentric: inside where all are >= 0
  std::array<Plane, 3>
      zeros;  ///< where weight i is 0: x = a + y * dy; dx its sign
  Plane nearness;
  std::array<Vec3, 3> normals;
  Material material;
};

/// Barycentric weight of corner a in triangle a, b, c.
Plane weight_of(const Corner& b, const Corner& c, float inverse_area) {
  const float dx = (b.y - c.y) * inverse_area;
  const float dy = (c.x - b.x) * inverse_area;
  return {-(b.x * dx + b.y * dy), dx, dy};
}

/// The first and last whole number within [low, high] and the picture.
std::array<int, 2> whole_between(float low, float high, int side) {
  const auto limit = static_cast<float>(side);
  // Adding 1 keeps the cast, which cuts towards 0, rounding down from -1 up.
  const int first = static_cast<int>(std::clamp(low, 0.0f, limit));
  const int last =
      static_cast<int>(std::clamp(high, -1.0f, limit - 1) + 1.0f) - 1;
  return {static_cast<float>(first) < low ? first + 1 : first, last};
}

/// Narrows `columns` to where all weights can be >= 0 in this row, and a sample
/// more on either side for rounding.
std::array<int, 2> row_span(
    const Setup& setup, float y, std::array<float, 2> columns, int side) {
  for (const Plane& zero : setup.zeros) {
    const float x = zero.a + y * zero.dy;
    if (zero.dx > 0) {
      columns[0] = std::max(columns[0], x - 1.0f);
    } else if (zero.dx < 0) {
      columns[1] = std::min(columns[1], x + 1.0f);
    }
  }
  return whole_between(columns[0], columns[1], side);
}

void fill_row(const Setup& s, int y, std::array<int, 2> span, Surface* row) {
  const auto fy = static_cast<float>(y);
  for (int x = span[0]; x <= span[1]; ++x) {
    const auto fx = static_cast<float>(x);
    const float nearness = s.nearness.at(fx, fy);
    if (nearness <= row[x].nearness) {
      continue;
    }
    const float u = s.weights[0].at(fx, fy);
    const float v = s.weights[1].at(fx, fy);
    const float w = s.weights[2].at(fx, fy);
    if (u >= 0 && v >= 0 && w >= 0) {
      row[x] = {
          nearness,
          s.normals[0] * u + s.normals[1] * v + s.normals[2] * w,
          s.material};
    }
  }
}

/// Triangles are wound so that this points out of the solid.
bool faces_eye(const std::array<Vec3, 3>& p, Vec3 eye) {
  return dot(cross(p[1] - p[0], p[2] - p[0]), eye - p[0]) > 0;
}

void fill(const Setup& setup, const std::array<Corner, 3>& c, SurfaceMap& map) {
  const auto [left, right] = std::minmax({c[0].x, c[1].x, c[2].x});
  const auto [top, bottom] = std::minmax({c[0].y, c[1].y, c[2].y});
  const std::array<float, 2> columns{left, right};
  const std::array<int, 2> rows = whole_between(top, bottom, map.side);
  for (int y = rows[0]; y <= rows[1]; ++y) {
    const std::array<int, 2> span =
        row_span(setup, static_cast<float>(y), columns, map.side);
    fill_row(setup, y, span, map.row(y));
  }
}

/// Ready to fill; corners are in the picture, `area` is twice the triangle's.
Setup set_up(const std::array<Corner, 3>& c, float area) {
  Setup setup{};
  setup.weights = {
      weight_of(c[1], c[2], 1 / area),
      weight_of(c[2], c[0], 1 / area),
      weight_of(c[0], c[1], 1 / area)};
  for (int i = 0; i < 3; ++i) {
    const Plane& weight = setup.weights[i];
    setup.nearness.a += weight.a * c[i].nearness;
    setup.nearness.dx += weight.dx * c[i].nearness;
    setup.nearness.dy += weight.dy * c[i].nearness;
    if (weight.dx != 0) {
      setup.zeros[i] = {
          -weight.a / weight.dx, weight.dx, -weight.dy / weight.dx};
    }
  }
  return setup;
}

}  // namespace

void rasterise(const Mesh& mesh, const Camera& camera, SurfaceMap& map) {
  const std::vector<Corner> corners = project(mesh, camera);
  for (const Triangle& t : mesh.triangles) {
    const std::array<Corner, 3> c{
        corners[t.first], corners[t.second], corners[t.third]};
    if (c[0].nearness < 0 || c[1].nearness < 0 || c[2].nearness < 0) {
      continue;
    }
    const Vertex& a = mesh.vertices[t.first];
    const Vertex& b = mesh.vertices[t.second];
    const Vertex& d = mesh.vertices[t.third];
    const float area = (c[1].x - c[0].x) * (c[2].y - c[0].y) -
                       (c[1].y - c[0].y) * (c[2].x - c[0].x);
    if (area == 0 ||
        !faces_eye({a.position, b.position, d.position}, camera.eye)) {
      continue;
    }
    Setup setup = set_up(c, area);
    setup.normals = {a.normal, b.normal, d.normal};
    setup.material = t.material;
    fill(setup, c, map);
  }
}

}  // namespace convoy
