// Road under the sky, hall, studio, pattern: one function each, from a pixel's
// ray to a colour.

#include "data/render/scene/places.h"

#include <cmath>

#include "data/render/scene/noise.h"

namespace convoy {
namespace {

/// `p` turned about the vertical by the background's own angle.
Vec3 turned(Vec3 p, float angle_deg) {
  const SinCos turn = sin_cos(angle_deg);
  return {
      p.x * turn.cos + p.y * turn.sin, p.y * turn.cos - p.x * turn.sin, p.z};
}

/// 1 within half a line's width of 0, soft by the pixel's footprint, fading
/// where the line is thinner than a pixel.
float line(float distance, float half_width, float footprint) {
  const float soft = 0.5f * footprint + 0.004f;
  const float cover =
      1.0f -
      smooth_step(half_width - soft, half_width + soft, std::fabs(distance));
  return cover * std::min(1.0f, 2.0f * half_width / (footprint + 1e-4f));
}

/// Distance to the nearest multiple of `period`.
float off_multiple(float value, float period) {
  return value - period * std::nearbyint(value / period);
}

Rgb sky_colour(const BackgroundDraw& b, Vec3 ray) {
  const float up = std::max(0.0f, ray.z);
  const Rgb clear = mix(b.colours[3], b.colours[2], std::min(1.0f, 2.5f * up));
  const float spread = 1.0f / (up + 0.12f);
  const float clouds = rough_noise(
      ray.x * spread * 1.5f, ray.y * spread * 1.5f, b.noise_key + 11);
  const float cover = smooth_step(0.75f - 0.5f * b.numbers[3], 0.95f, clouds);
  const Rgb sky = mix(clear, Rgb{0.9f, 0.9f, 0.92f}, cover * 0.8f);
  const float treetops =
      (0.02f + 0.16f * b.numbers[5]) *
      rough_noise(ray.x * 9.0f, ray.y * 9.0f, b.noise_key + 5);
  const float trees =
      1.0f - smooth_step(treetops - 0.01f, treetops + 0.01f, ray.z);
  return mix(sky, b.colours[1] * 0.45f, trees);
}

Rgb road(const BackgroundDraw& b, const Look& look) {
  if (!look.ground) {
    return sky_colour(b, look.ray);
  }
  const Vec3 p = turned(look.spot, b.angle_deg);
  const float half = 3.0f + 4.0f * b.numbers[0];
  const float across = p.y - (b.numbers[1] - 0.5f) * half;
  const float edge = std::fabs(across) - half;
  const float soft = 0.1f + look.footprint;
  const float grain =
      0.7f + 0.6f * rough_noise(p.x * 2.7f, p.y * 2.7f, b.noise_key);
  const float tufts =
      0.4f + 1.2f * rough_noise(p.x * 1.3f, p.y * 1.3f, b.noise_key + 3);
  Rgb colour =
      mix(b.colours[0] * grain,
          b.colours[1] * tufts,
          smooth_step(-soft, soft, edge));
  const float dash = off_multiple(p.x + 9.0f * b.numbers[4], 6.0f);
  const float middle = line(across, 0.09f, look.footprint) *
                       (std::fabs(dash) < 1.6f ? 1.0f : 0.0f);
  const float border = line(edge + 0.3f, 0.08f, look.footprint);
  colour = mix(
      colour, Rgb{0.7f, 0.7f, 0.66f}, (middle + border) * b.numbers[2] * 0.9f);
  const float haze = smooth_step(15.0f, 80.0f, look.footprint * 400.0f);
  return mix(colour, b.colours[3], 0.5f * haze);
}

Rgb wall(const BackgroundDraw& b, float along, float height) {
  const float rail = 0.6f + 1.2f * b.numbers[1];
  Rgb colour =
      mix(b.colours[1], b.colours[2], smooth_step(rail, rail + 0.1f, height));
  const float bay = 2.0f + 3.0f * b.numbers[2];
  colour =
      colour * (1.0f - 0.5f * line(off_multiple(along, bay), 0.12f, 0.05f));
  const bool door =
      cell_noise(
          static_cast<int>(std::floor(along / bay + 0.5f)), 7, b.noise_key) <
      0.35f;
  if (door && height < 2.6f + b.numbers[5]) {
    colour = mix(colour, b.colours[3], 0.8f);
  }
  const float lamps = line(height - 4.2f, 0.12f + 0.1f * b.numbers[4], 0.1f);
  colour = mix(colour, Rgb{1.4f, 1.4f, 1.3f}, lamps);
  const float stain = rough_noise(along * 0.8f, height * 0.8f, b.noise_key + 2);
  return colour * (0.75f + 0.5f * stain);
}

Rgb hall(const BackgroundDraw& b, const Look& look) {
  const float reach = 6.0f + 8.0f * b.numbers[0];
  const Vec3 from = turned(look.eye, b.angle_deg);
  const Vec3 ray = turned(look.ray, b.angle_deg);
  const auto leave = [&](float start, float step) {
    const float side = step > 0 ? reach : -reach;
    return std::fabs(step) < 1e-5f ? 1e9f : (side - start) / step;
  };
  const float tx = leave(from.x, ray.x);
  const float ty = leave(from.y, ray.y);
  const float t_wall = std::min(tx > 0 ? tx : 1e9f, ty > 0 ? ty : 1e9f);
  const Vec3 spot = turned(look.spot, b.angle_deg);
  const float t_floor = look.ground ? -from.z / ray.z : 2e9f;
  if (t_floor >= t_wall) {
    const Vec3 hit = from + ray * t_wall;
    return wall(b, tx < ty ? hit.y : hit.x, hit.z) * (tx < ty ? 1.0f : 0.8f);
  }
  const float tile = 0.8f + 2.2f * b.numbers[3];
  const float joint = std::min(
      1.0f,
      line(off_multiple(spot.x, tile), 0.02f, look.footprint) +
          line(off_multiple(spot.y, tile), 0.02f, look.footprint));
  const float grain =
      0.75f + 0.5f * rough_noise(spot.x * 1.4f, spot.y * 1.4f, b.noise_key);
  return b.colours[0] * (grain * (1.0f - 0.45f * joint * b.numbers[4]));
}

Rgb studio(const BackgroundDraw& b, const Look& look) {
  const SinCos turn = sin_cos(b.angle_deg);
  const float t = 0.5f + look.x * turn.cos + look.y * turn.sin;
  const float dx = look.x - (b.numbers[0] - 0.5f);
  const float dy = look.y - (b.numbers[1] - 0.5f);
  const float spot =
      1.0f - smooth_step(0.0f, 0.75f, std::sqrt(dx * dx + dy * dy));
  const float cloth = rough_noise(
      look.x * (4.0f + 16.0f * b.numbers[2]),
      look.y * (4.0f + 16.0f * b.numbers[3]),
      b.noise_key);
  return mix(b.colours[0], b.colours[1], smooth_step(0.0f, 1.0f, t)) *
         (0.7f + 0.8f * b.numbers[4] * spot + 0.5f * b.numbers[5] * cloth);
}

Rgb pattern(const BackgroundDraw& b, const Look& look) {
  const SinCos turn = sin_cos(b.angle_deg);
  const float scale = 3.0f + 9.0f * b.numbers[0];
  const float u = (look.x * turn.cos + look.y * turn.sin) * scale;
  const float v = (look.y * turn.cos - look.x * turn.sin) * scale;
  const float blots = rough_noise(u, v, b.noise_key);
  Rgb colour = mix(b.colours[0], b.colours[1], smooth_step(0.3f, 0.7f, blots));
  const auto cell = static_cast<int>(4.0f * b.numbers[1]);
  const float soft = scale * 0.006f;
  const float stripe =
      smooth_step(-soft, soft, std::fabs(off_multiple(u, 2.0f)) - 0.5f);
  const float cross_stripe =
      smooth_step(-soft, soft, std::fabs(off_multiple(v, 2.0f)) - 0.5f);
  if (cell == 1) {
    colour = mix(colour, b.colours[2], 0.8f * stripe);
  } else if (cell == 2) {
    const float checker = stripe + cross_stripe - 2 * stripe * cross_stripe;
    colour = mix(colour, b.colours[2], 0.8f * checker);
  } else if (cell == 3) {
    const float fine = rough_noise(3.1f * u, 3.1f * v, b.noise_key + 9);
    colour = mix(colour, b.colours[3], smooth_step(0.45f, 0.6f, fine));
  }
  return colour;
}

}  // namespace

Rgb place_colour(const BackgroundDraw& background, const Look& look) {
  switch (background.place) {
    case Place::road:
      return road(background, look);
    case Place::hall:
      return hall(background, look);
    case Place::studio:
      return studio(background, look);
    case Place::pattern:
      break;
  }
  return pattern(background, look);
}

}  // namespace convoy
