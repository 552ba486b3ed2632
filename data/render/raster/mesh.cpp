// Builds sheets, boxes, discs and tubes.

#include "data/render/raster/mesh.h"

#include <array>

namespace convoy {
namespace {

constexpr float kCrease = 0.8f;  ///< cosine of the angle that counts as an edge

struct Quad {
  std::array<Vec3, 4> corners;
  std::array<Vec3, 4> normals;
};

void add_quad(Mesh& mesh, const Quad& quad, Material material) {
  const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
  for (int i = 0; i < 4; ++i) {
    mesh.vertices.push_back({quad.corners[i], quad.normals[i]});
  }
  mesh.triangles.push_back({first, first + 1, first + 2, material});
  mesh.triangles.push_back({first, first + 2, first + 3, material});
}

void add_flat_quad(
    Mesh& mesh, const std::array<Vec3, 4>& corners, Material material) {
  const Vec3 normal =
      normalized(cross(corners[2] - corners[0], corners[3] - corners[1]));
  add_quad(mesh, {corners, {normal, normal, normal, normal}}, material);
}

std::vector<Vec3> cell_normals(const Sheet& sheet) {
  std::vector<Vec3> normals;
  normals.reserve(sheet.cells.size());
  for (int r = 0; r + 1 < sheet.rows; ++r) {
    for (int c = 0; c + 1 < sheet.columns; ++c) {
      const Vec3 across = sheet.at(r + 1, c + 1) - sheet.at(r, c);
      const Vec3 along = sheet.at(r, c + 1) - sheet.at(r + 1, c);
      normals.push_back(normalized(cross(along, across)));
    }
  }
  return normals;
}

/// The normal of cell `own` at the sheet's point (row, column), one of its
/// corners: the mean of the up to four cells around that point that bend less
/// than a crease.
Vec3 corner_normal(
    const Sheet& sheet,
    const std::vector<Vec3>& normals,
    std::size_t own,
    std::array<int, 2> point) {
  const int across = sheet.columns - 1;
  Vec3 sum;
  for (int r = point[0] - 1; r <= point[0]; ++r) {
    for (int c = point[1] - 1; c <= point[1]; ++c) {
      const int column = sheet.closed ? (c + across) % across : c;
      if (r < 0 || column < 0 || r + 1 >= sheet.rows || column >= across) {
        continue;
      }
      const Vec3 other = normals[static_cast<std::size_t>(r) * across + column];
      if (dot(other, normals[own]) > kCrease) {
        sum = sum + other;
      }
    }
  }
  return normalized(sum);
}

/// A point on the rim of a disc, `radius` from its centre, `step` pieces along.
Vec3 rim_point(const Disc& disc, float radius, int step) {
  const float angle =
      disc.from_deg + (disc.to_deg - disc.from_deg) * step / disc.pieces;
  const SinCos turn = sin_cos(angle);
  return disc.centre + Vec3{turn.cos * radius, 0, turn.sin * radius};
}

}  // namespace

void add_sheet(Mesh& mesh, const Sheet& sheet) {
  const std::vector<Vec3> normals = cell_normals(sheet);
  std::size_t own = 0;
  for (int r = 0; r + 1 < sheet.rows; ++r) {
    for (int c = 0; c + 1 < sheet.columns; ++c, ++own) {
      if (sheet.cells[own] == Material::none ||
          dot(normals[own], normals[own]) == 0) {
        continue;
      }
      const std::array<std::array<int, 2>, 4> corners{
          {{r, c}, {r, c + 1}, {r + 1, c + 1}, {r + 1, c}}};
      Quad quad;
      for (int i = 0; i < 4; ++i) {
        quad.corners[i] = sheet.at(corners[i][0], corners[i][1]);
        quad.normals[i] = corner_normal(sheet, normals, own, corners[i]);
      }
      add_quad(mesh, quad, sheet.cells[own]);
    }
  }
}

void add_box(Mesh& mesh, const Cuboid& box, Material material) {
  const auto corner = [&](int x, int y, int z) {
    return box.centre +
           box.half * Vec3{x ? 1.f : -1.f, y ? 1.f : -1.f, z ? 1.f : -1.f};
  };
  for (int s = 0; s < 2; ++s) {
    add_flat_quad(
        mesh,
        {corner(s, 0, 0), corner(s, s, !s), corner(s, 1, 1), corner(s, !s, s)},
        material);
    add_flat_quad(
        mesh,
        {corner(0, s, 0), corner(!s, s, s), corner(1, s, 1), corner(s, s, !s)},
        material);
    add_flat_quad(
        mesh,
        {corner(0, 0, s), corner(s, !s, s), corner(1, 1, s), corner(!s, s, s)},
        material);
  }
}

void add_box_pair(Mesh& mesh, const Cuboid& box, Material material) {
  add_box(mesh, box, material);
  add_box(mesh, {box.centre * Vec3{1, -1, 1}, box.half}, material);
}

void add_disc(Mesh& mesh, const Disc& disc, Material material) {
  for (int i = 0; i < disc.pieces; ++i) {
    const int a = disc.side > 0 ? i + 1 : i;
    const int b = disc.side > 0 ? i : i + 1;
    add_flat_quad(
        mesh,
        {rim_point(disc, disc.inner, a),
         rim_point(disc, disc.radius, a),
         rim_point(disc, disc.radius, b),
         rim_point(disc, disc.inner, b)},
        material);
  }
}

void add_tube(Mesh& mesh, const Disc& disc, float width, Material material) {
  const Vec3 inwards{0, -width * disc.side, 0};
  for (int i = 0; i < disc.pieces; ++i) {
    const int a = disc.side > 0 ? i + 1 : i;
    const int b = disc.side > 0 ? i : i + 1;
    const Vec3 near_a = rim_point(disc, disc.radius, a);
    const Vec3 near_b = rim_point(disc, disc.radius, b);
    const Vec3 out_a = normalized(near_a - disc.centre);
    const Vec3 out_b = normalized(near_b - disc.centre);
    add_quad(
        mesh,
        {{near_a, near_a + inwards, near_b + inwards, near_b},
         {out_a, out_a, out_b, out_b}},
        material);
  }
}

}  // namespace convoy
