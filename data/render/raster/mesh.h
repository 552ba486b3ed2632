#pragma once
// Triangles with normals and materials, and the few solids that everything is
// built of.

#include <cstdint>
#include <vector>

#include "data/render/vec.h"

namespace convoy {

enum class Material : std::uint8_t {
  none,
  paint,
  second_paint,
  cargo,
  glass,
  trim,
  black,
  tyre,
  rim,
  headlight,
  taillight,
  plate,
  clutter,  ///< first of kClutterColours
};
inline constexpr int kClutterColours = 8;
inline constexpr int kMaterials =
    static_cast<int>(Material::clutter) + kClutterColours;

struct Vertex {
  Vec3 position;
  Vec3 normal;  ///< unit length
};

/// Wound counter-clockwise seen from outside; only that side is drawn.
struct Triangle {
  std::uint32_t first = 0;  ///< index of a vertex
  std::uint32_t second = 0;
  std::uint32_t third = 0;
  Material material = Material::none;
};

struct Mesh {
  std::vector<Vertex> vertices;
  std::vector<Triangle> triangles;
};

/// A sheet of rows x columns points, row by row, and a material for each of its
/// (rows - 1) x (columns - 1) cells; Material::none leaves a hole.
struct Sheet {
  int rows = 0, columns = 0;
  bool closed = false;  ///< the last column is the first one again
  std::vector<Vec3> points;
  std::vector<Material> cells;

  const Vec3& at(int row, int column) const {
    return points[static_cast<std::size_t>(row) * columns + column];
  }
  Material& cell(int row, int column) {
    return cells[static_cast<std::size_t>(row) * (columns - 1) + column];
  }
};

/// Adds a sheet; neighbouring cells share a normal unless they meet at more
/// than about 37 degrees. Cells without area are left out.
void add_sheet(Mesh& mesh, const Sheet& sheet);

/// Centre and half sizes, sides along the axes.
struct Cuboid {
  Vec3 centre, half;
};
void add_box(Mesh& mesh, const Cuboid& box, Material material);
/// The box and its mirror image on the other side of the vehicle (y negated).
void add_box_pair(Mesh& mesh, const Cuboid& box, Material material);

/// A disc, or with `inner` a ring, that faces along y (`side` is 1 or -1);
/// angles in degrees from x towards z, so that 0 to 180 is an upper half.
struct Disc {
  Vec3 centre;
  float radius = 0, inner = 0;
  float from_deg = 0, to_deg = 360;
  int pieces = 16;  ///< a multiple of 4 has its lowest point straight below
  int side = 1;
};
void add_disc(Mesh& mesh, const Disc& disc, Material material);
/// The tread of a wheel: a tube along y from the disc's centre inwards by
/// `width`.
void add_tube(Mesh& mesh, const Disc& disc, float width, Material material);

}  // namespace convoy
