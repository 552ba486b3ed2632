// Exposure and tone, a three-tap blur, sensor noise, rounding.

#include "data/render/scene/lens.h"

#include <cmath>
#include <vector>

namespace convoy {
namespace {

/// Display value 0..1 of linear light: a soft shoulder, then a gamma of two,
/// whose square root is exact on every machine.
float tone(float light, float contrast) {
  const float x = std::max(0.0f, light);
  const float shoulder = x * (1.0f + 0.15f * x) / (1.0f + 0.45f * x);
  return 0.45f + (std::sqrt(shoulder) - 0.45f) * contrast;
}

void expose(const LensDraw& lens, Film& film) {
  const auto side = static_cast<float>(film.side);
  for (int y = 0; y < film.side; ++y) {
    const float dy = (static_cast<float>(y) + 0.5f) / side - 0.5f;
    Rgb* row = film.row(y);
    for (int x = 0; x < film.side; ++x) {
      const float dx = (static_cast<float>(x) + 0.5f) / side - 0.5f;
      const float fall = 1.0f - lens.vignette * 2.0f * (dx * dx + dy * dy);
      const Rgb light = row[x] * lens.white * (lens.exposure * fall);
      row[x] = {
          tone(light.x, lens.contrast),
          tone(light.y, lens.contrast),
          tone(light.z, lens.contrast)};
    }
  }
}

/// (side, 1 - 2 side, side) along one direction; the border repeats.
void blur_line(Rgb* first, std::ptrdiff_t step, int count, float side) {
  Rgb before = *first;
  for (int i = 0; i < count; ++i) {
    Rgb& here = first[i * step];
    const Rgb next = i + 1 < count ? first[(i + 1) * step] : here;
    const Rgb old = here;
    here = old * (1.0f - 2.0f * side) + (before + next) * side;
    before = old;
  }
}

void blur(float side, Film& film) {
  for (int i = 0; i < film.side; ++i) {
    blur_line(film.row(i), 1, film.side, side);
  }
  for (int i = 0; i < film.side; ++i) {
    blur_line(film.row(0) + i, film.side, film.side, side);
  }
}

/// What the sensor adds to a pixel, deviation 1: brightness near to normal, and
/// a tint. From the four bytes of one word: their sum, and two differences that
/// do not correlate with it.
Rgb grain_of(std::uint32_t word) {
  constexpr float kSum = 1.0f / 147.8f;
  constexpr float kDifference = 0.5f / 104.5f;
  const auto byte = [&](int i) {
    return static_cast<int>(word >> 8 * i & 0xff);
  };
  const float common =
      static_cast<float>(byte(0) + byte(1) + byte(2) + byte(3) - 510) * kSum;
  const float red = static_cast<float>(byte(0) - byte(1)) * kDifference;
  const float blue = static_cast<float>(byte(2) - byte(3)) * kDifference;
  return {common + red, common - 0.5f * (red + blue), common + blue};
}

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(
      std::clamp(value * 255.0f + 0.5f, 0.0f, 255.0f));
}

}  // namespace

void develop(const LensDraw& lens, SceneDraw& noise, Film& film, Image& out) {
  expose(lens, film);
  blur(lens.blur, film);
  out.resize(film.side, film.side, 3);
  std::uint8_t* byte = out.pixels.data();
  for (const Rgb& pixel : film.pixels) {
    const Rgb value = pixel + grain_of(noise.bits()) * lens.noise;
    *byte++ = to_byte(value.x);
    *byte++ = to_byte(value.y);
    *byte++ = to_byte(value.z);
  }
}

}  // namespace convoy
