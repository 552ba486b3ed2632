#pragma once
// Changes of the values of an 8-bit picture, bit for bit as Pillow's ImageOps
// and ImageEnhance make them.

#include <array>
#include <cstdint>

#include "data/image/image.h"

namespace convoy {

/// What becomes of each value.
using Tones = std::array<std::uint8_t, 256>;
/// How often each value comes.
using Histogram = std::array<std::int64_t, 256>;

/// from + factor * (to - from), cut to 0..255 and to a whole number.
std::uint8_t blend_bytes(int from, int to, float factor);

/// Each value, blended with one: of black for brightness, of the mean gray for
/// contrast.
Tones blend_tones(int with, float factor);
/// The upper `bits` of each value, 1 to 8.
Tones posterize_tones(int bits);
/// Values of at least `threshold` inverted.
Tones solarize_tones(double threshold);
/// The values that come spread over 0..255; a single one stays.
Tones stretch_tones(const Histogram& histogram);
/// Values that come equally often, as nearly as whole steps can.
Tones equalize_tones(const Histogram& histogram);

Histogram histogram_of(const Image& image, int channel);
/// ITU-R 601 luma of each pixel, rounded, and their mean, rounded.
int mean_gray(const Image& image);

/// tones[c] in each channel c.
void map_tones(const std::array<Tones, 3>& tones, Image& image);
/// Colour: each pixel blended with its gray. A gray picture stays.
void blend_with_gray(float factor, Image& image);
/// Sharpness: `in` blended with its mean over 3 x 3 pixels, where the middle
/// counts five times; pixels at the edge stay.
void blend_with_smooth(const Image& in, float factor, Image& out);

}  // namespace convoy
