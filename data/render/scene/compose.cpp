// One pixel from its samples.

#include "data/render/scene/compose.h"

#include <array>

#include "data/render/raster/shade.h"

namespace convoy {
namespace {

constexpr int kCount = kSamples * kSamples;
using Samples = std::array<Surface, kCount>;

/// False if the pixel sees background only; then `samples` is left as it was.
bool samples_of(const SurfaceMap& map, int x, int y, Samples& samples) {
  std::array<const Surface*, kCount> seen{};
  bool any = false;
  for (int i = 0; i < kCount; ++i) {
    seen[i] =
        map.row(y * kSamples + i / kSamples) + x * kSamples + i % kSamples;
    any = any || seen[i]->material != Material::none;
  }
  if (any) {
    for (int i = 0; i < kCount; ++i) {
      samples[i] = *seen[i];
    }
  }
  return any;
}

/// Joins samples of one material that face one way: the first gets their mean
/// normal, the others become empty. Returns how many each stands for.
std::array<int, kCount> join_alike(Samples& samples) {
  constexpr float kAlike = 0.9f;
  std::array<int, kCount> counts{};
  for (int i = 0; i < kCount; ++i) {
    if (samples[i].material == Material::none) {
      continue;
    }
    counts[i] = 1;
    const Vec3 first = samples[i].normal;
    for (int k = i + 1; k < kCount; ++k) {
      if (samples[k].material == samples[i].material &&
          dot(samples[k].normal, first) > kAlike) {
        samples[i].normal = samples[i].normal + samples[k].normal;
        samples[k].material = Material::none;
        ++counts[i];
      }
    }
  }
  return counts;
}

}  // namespace

void compose(
    const Scene& scene,
    const Camera& camera,
    const SurfaceMap& map,
    const Background& background,
    Film& film) {
  const Finishes finishes = finishes_of(scene);
  constexpr float kShare = 1.0f / kCount;
  Samples samples;
  for (int y = 0; y < film.side; ++y) {
    Rgb* row = film.row(y);
    for (int x = 0; x < film.side; ++x) {
      const Vec3 ray = normalized(camera.ray(
          static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f));
      if (!samples_of(map, x, y, samples)) {
        row[x] = background.at(ray, x, y);
        continue;
      }
      const std::array<int, kCount> counts = join_alike(samples);
      Rgb light;
      int open = kCount;
      for (int i = 0; i < kCount; ++i) {
        if (counts[i] > 0) {
          const Finish& finish =
              finishes[static_cast<int>(samples[i].material)];
          const Rgb seen = shade(samples[i], finish, ray * -1.0f, scene.light);
          light = light + seen * (kShare * static_cast<float>(counts[i]));
          open -= counts[i];
        }
      }
      if (open > 0) {
        light = light +
                background.at(ray, x, y) * (kShare * static_cast<float>(open));
      }
      row[x] = light;
    }
  }
}

}  // namespace convoy
