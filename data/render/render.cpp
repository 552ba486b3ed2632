// Puts a picture together: scene, geometry, camera, samples, light, lens.

#include "data/render/render.h"

#include <fmt/format.h>

#include <stdexcept>

#include "data/render/classes.h"
#include "data/render/draw.h"
#include "data/render/raster/raster.h"
#include "data/render/raster/shade.h"
#include "data/render/scene/background.h"
#include "data/render/scene/clutter.h"
#include "data/render/scene/compose.h"
#include "data/render/scene/lens.h"
#include "data/render/scene/occluders.h"
#include "data/render/vehicles/vehicle.h"

namespace convoy {
namespace {

void check_range(
    std::string_view what,
    std::int64_t value,
    std::int64_t low,
    std::int64_t high) {
  if (value < low || value > high) {
    throw std::invalid_argument(fmt::format(
        "render: {} is {}; wanted {} to {}.", what, value, low, high));
  }
}

void check(const RenderOptions& options, const RenderKey& key) {
  check_range("size_px", options.size_px, 32, 512);
  check_range("split", static_cast<int>(key.split), 0, 2);
  check_range("class_id", key.class_id, 0, kRenderClasses - 1);
  check_range("sample", key.sample, 0, (std::int64_t{1} << 40) - 1);
}

struct Geometry {
  Mesh mesh;
  Bounds vehicle;
  Camera camera;
};

Geometry build(const Scene& scene, int size_px) {
  Geometry geometry;
  build_vehicle(scene.type, {scene.shape, scene.paint.two_tone}, geometry.mesh);
  geometry.vehicle = bounds_of(geometry.mesh);
  geometry.camera = aim(scene.camera, geometry.mesh, size_px);
  add_clutter(scene, geometry.vehicle, geometry.camera.eye, geometry.mesh);
  return geometry;
}

}  // namespace

std::vector<std::string> render_class_names() {
  std::vector<std::string> names;
  for (int id = 0; id < kRenderClasses; ++id) {
    names.push_back(class_name(view_of_class(id)));
  }
  return names;
}

void render_vehicle(
    const RenderOptions& options, const RenderKey& key, Image& out) {
  check(options, key);
  const Scene scene = draw_scene(options.seed, key);
  const Geometry geometry = build(scene, options.size_px);
  Film film(options.size_px);
  SurfaceMap map(options.size_px * kSamples);
  rasterise(geometry.mesh, scaled(geometry.camera, kSamples), map);
  const Background background(
      scene, geometry.camera, geometry.vehicle, options.size_px);
  compose(scene, geometry.camera, map, background, film);
  paint_occluders(scene, film);
  SceneDraw noise(options.seed, key, Purpose::noise);
  develop(scene.lens, noise, film, out);
}

}  // namespace convoy
