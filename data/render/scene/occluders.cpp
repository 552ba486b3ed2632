// Silhouettes by signed distance, so that their edges are smooth at any size.

#include "data/render/scene/occluders.h"

#include <cmath>

namespace convoy {
namespace {

/// Distance outside (> 0) or inside (< 0) a box of these half sizes round the
/// origin.
float box_distance(float x, float y, float half_x, float half_y) {
  const float dx = std::fabs(x) - half_x;
  const float dy = std::fabs(y) - half_y;
  const float ox = std::max(dx, 0.0f);
  const float oy = std::max(dy, 0.0f);
  return std::sqrt(ox * ox + oy * oy) + std::min(std::max(dx, dy), 0.0f);
}

/// Distance to the line between (0, y0) and (0, y1).
float stem_distance(float x, float y, float y0, float y1) {
  const float off = y - std::clamp(y, y0, y1);
  return std::sqrt(x * x + off * off);
}

/// 1 on every other stretch of a striped post.
float stripe(float y, float length) {
  const float cell = y / length;
  return cell - std::floor(cell) < 0.5f ? 1.0f : 0.0f;
}

struct Sample {
  float distance;
  Rgb colour;
};

/// Head, trunk and legs of somebody `height` tall whose head is at the origin's
/// height.
Sample person(const OccluderDraw& o, float x, float y) {
  const float h = o.height;
  const float head = stem_distance(x, y, 0.05f * h, 0.09f * h) - 0.06f * h;
  const float trunk =
      stem_distance(x * 0.8f, y, 0.26f * h, 0.50f * h) - 0.105f * h;
  const float stride = 0.05f * h;
  const float legs = std::min(
                         stem_distance(x - stride, y, 0.5f * h, 1.2f * h),
                         stem_distance(x + stride, y, 0.5f * h, 1.2f * h)) -
                     0.05f * h;
  if (head < trunk && head < legs) {
    return {head, Rgb{0.45f, 0.28f, 0.20f}};
  }
  return trunk < legs ? Sample{trunk, o.colour} : Sample{legs, o.second};
}

Sample look_at(const OccluderDraw& o, float x, float y) {
  switch (o.kind) {
    case OccluderKind::person:
      return person(o, x, y);
    case OccluderKind::crate: {
      const float plank = x / o.width * 5.0f;
      const float gap = std::fabs(plank - std::nearbyint(plank));
      const float tone = gap > 0.42f ? 0.6f : 1.0f;
      const float inside = y - 0.5f * o.height;
      return {
          box_distance(x, inside, 0.5f * o.width, 0.5f * o.height),
          o.colour * tone};
    }
    case OccluderKind::post:
      break;
  }
  const float round = 1.0f - 0.55f * std::fabs(x / (0.5f * o.width) + 0.3f);
  return {
      std::fabs(x) - 0.5f * o.width,
      mix(o.colour, o.second, stripe(y, o.height)) * std::max(0.25f, round)};
}

void paint(const OccluderDraw& o, Film& film) {
  const float pixel = 1.0f / static_cast<float>(film.side);
  const SinCos tilt = sin_cos(o.tilt_deg);
  for (int py = 0; py < film.side; ++py) {
    Rgb* row = film.row(py);
    for (int px = 0; px < film.side; ++px) {
      const float dx = (static_cast<float>(px) + 0.5f) * pixel - o.x;
      const float dy = (static_cast<float>(py) + 0.5f) * pixel - o.y;
      const Sample sample = look_at(
          o, dx * tilt.cos + dy * tilt.sin, dy * tilt.cos - dx * tilt.sin);
      const float cover =
          std::clamp(0.5f - sample.distance / pixel, 0.0f, 1.0f);
      row[px] = mix(row[px], sample.colour, cover);
    }
  }
}

}  // namespace

void paint_occluders(const Scene& scene, Film& film) {
  for (const OccluderDraw& occluder : scene.occluders) {
    paint(occluder, film);
  }
}

}  // namespace convoy
