// Places crates and barrels.

#include "data/render/scene/clutter.h"

namespace convoy {
namespace {

Vec3 place_of(const ClutterDraw& thing, const Bounds& vehicle) {
  const SinCos angle = sin_cos(thing.angle_deg);
  const float half_x = 0.5f * (vehicle.high.x - vehicle.low.x);
  const float half_y = 0.5f * (vehicle.high.y - vehicle.low.y);
  const float clear = 0.3f + thing.half.x + thing.half.y + thing.distance;
  return {
      angle.cos * (half_x + clear), angle.sin * (half_y + clear), thing.half.z};
}

/// On the eye's side of the vehicle, and not seen from straight above.
bool in_the_way(Vec3 place, Vec3 eye) {
  const Vec3 level{eye.x, eye.y, 0};
  const bool above = eye.z * eye.z > 9.0f * dot(level, level);
  return !above && dot(place, level) > 0;
}

void turn_new(
    Mesh& mesh, std::size_t first, const ClutterDraw& thing, Vec3 place) {
  const SinCos turn = sin_cos(thing.turn_deg);
  for (std::size_t i = first; i < mesh.vertices.size(); ++i) {
    const auto turned = [&](Vec3 p) {
      return Vec3{
          p.x * turn.cos - p.y * turn.sin,
          p.x * turn.sin + p.y * turn.cos,
          p.z};
    };
    Vertex& vertex = mesh.vertices[i];
    vertex.position = turned(vertex.position) + place;
    vertex.normal = turned(vertex.normal);
  }
}

/// A barrel: an upright tube and its lid.
void add_barrel(Mesh& mesh, Vec3 half, Material material) {
  constexpr int kPieces = 12;
  Sheet sheet;
  sheet.rows = 3;
  sheet.columns = kPieces + 1;
  sheet.closed = true;
  for (const Vec3 ring : {Vec3{1, 1, -1}, Vec3{1, 1, 1}, Vec3{0, 0, 1}}) {
    for (int i = 0; i <= kPieces; ++i) {
      const SinCos at = sin_cos(360.0f * i / kPieces);
      sheet.points.push_back(half * Vec3{at.cos, at.sin, 1} * ring);
    }
  }
  sheet.cells.assign(2 * kPieces, material);
  add_sheet(mesh, sheet);
}

}  // namespace

void add_clutter(
    const Scene& scene, const Bounds& vehicle, Vec3 eye, Mesh& mesh) {
  for (std::size_t i = 0; i < scene.clutter.size(); ++i) {
    const ClutterDraw& thing = scene.clutter[i];
    const Vec3 place = place_of(thing, vehicle);
    if (in_the_way(place, eye)) {
      continue;
    }
    const std::size_t first = mesh.vertices.size();
    const auto material =
        static_cast<Material>(static_cast<std::size_t>(Material::clutter) + i);
    if (thing.round) {
      add_barrel(mesh, {thing.half.x, thing.half.x, thing.half.z}, material);
    } else {
      add_box(mesh, {{}, thing.half}, material);
    }
    turn_new(mesh, first, thing, place);
  }
}

}  // namespace convoy
