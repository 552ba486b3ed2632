#include "data/augment/tones.h"

#include <algorithm>
#include <numeric>

namespace convoy {

namespace {

constexpr int kValues = 256;

Tones unchanged_tones() {
  Tones tones;
  std::iota(tones.begin(), tones.end(), std::uint8_t{0});
  return tones;
}

int luma_of(const std::uint8_t* rgb) {
  return static_cast<int>(
      (19595U * rgb[0] + 38470U * rgb[1] + 7471U * rgb[2] + 32768U) >> 16);
}

/// The weighted mean of a pixel and its eight neighbours, rounded. `down` and
/// `right`: bytes to the pixel below and beside.
int smooth_byte(
    const std::uint8_t* at, std::ptrdiff_t down, std::ptrdiff_t right) {
  int sum = 4 * *at;
  for (const std::ptrdiff_t row : {-down, std::ptrdiff_t{0}, down}) {
    sum += at[row - right] + at[row] + at[row + right];
  }
  return (2 * sum + 13) / 26;
}

}  // namespace

std::uint8_t blend_bytes(int from, int to, float factor) {
  const float value =
      static_cast<float>(from) + factor * static_cast<float>(to - from);
  return static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
}

Tones blend_tones(int with, float factor) {
  Tones tones;
  for (int value = 0; value < kValues; ++value) {
    tones[value] = blend_bytes(with, value, factor);
  }
  return tones;
}

Tones posterize_tones(int bits) {
  Tones tones = unchanged_tones();
  for (std::uint8_t& tone : tones) {
    tone = static_cast<std::uint8_t>(tone & (0xFF << (8 - bits)));
  }
  return tones;
}

Tones solarize_tones(double threshold) {
  Tones tones = unchanged_tones();
  for (std::uint8_t& tone : tones) {
    tone = tone < threshold ? tone : static_cast<std::uint8_t>(255 - tone);
  }
  return tones;
}

Tones stretch_tones(const Histogram& histogram) {
  const auto comes = [](std::int64_t count) { return count > 0; };
  const auto low = std::find_if(histogram.begin(), histogram.end(), comes) -
                   histogram.begin();
  const auto high = histogram.rend() -
                    std::find_if(histogram.rbegin(), histogram.rend(), comes) -
                    1;
  Tones tones = unchanged_tones();
  if (high <= low) {
    return tones;
  }
  const double scale = 255.0 / static_cast<double>(high - low);
  const double offset = static_cast<double>(-low) * scale;
  for (std::uint8_t& tone : tones) {
    tone = static_cast<std::uint8_t>(
        std::clamp(tone * scale + offset, 0.0, 255.0));
  }
  return tones;
}

Tones equalize_tones(const Histogram& histogram) {
  std::int64_t step = 0;  // pixels a level, the brightest left out
  std::int64_t brightest = 0;
  for (const std::int64_t count : histogram) {
    step += count;
    brightest = count > 0 ? count : brightest;
  }
  step = (step - brightest) / 255;
  Tones tones = unchanged_tones();
  if (step == 0) {
    return tones;
  }
  std::int64_t darker = step / 2;
  for (int value = 0; value < kValues; ++value) {
    // Beyond the brightest value that comes, where no pixel looks, it may
    // exceed 255.
    tones[value] =
        static_cast<std::uint8_t>(std::min<std::int64_t>(darker / step, 255));
    darker += histogram[value];
  }
  return tones;
}

Histogram histogram_of(const Image& image, int channel) {
  Histogram histogram{};
  for (std::size_t i = channel; i < image.pixels.size(); i += image.channels) {
    ++histogram[image.pixels[i]];
  }
  return histogram;
}

int mean_gray(const Image& image) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < image.pixels.size(); i += image.channels) {
    const std::uint8_t* pixel = image.pixels.data() + i;
    sum += image.channels == 1 ? *pixel : luma_of(pixel);
  }
  const std::int64_t pixels = std::int64_t{image.height} * image.width;
  return static_cast<int>(
      static_cast<double>(sum) / static_cast<double>(pixels) + 0.5);
}

void map_tones(const std::array<Tones, 3>& tones, Image& image) {
  for (std::size_t i = 0; i < image.pixels.size(); i += image.channels) {
    for (int c = 0; c < image.channels; ++c) {
      image.pixels[i + c] = tones[c][image.pixels[i + c]];
    }
  }
}

void blend_with_gray(float factor, Image& image) {
  if (image.channels == 1) {
    return;
  }
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    std::uint8_t* pixel = image.pixels.data() + i;
    const int gray = luma_of(pixel);
    for (int c = 0; c < 3; ++c) {
      pixel[c] = blend_bytes(gray, pixel[c], factor);
    }
  }
}

void blend_with_smooth(const Image& in, float factor, Image& out) {
  out = in;
  const std::ptrdiff_t right = in.channels;
  const std::ptrdiff_t down = right * in.width;
  for (int y = 1; y + 1 < in.height; ++y) {
    for (std::ptrdiff_t i = right; i < down - right; ++i) {
      const std::uint8_t* at = in.row(y) + i;
      out.row(y)[i] = blend_bytes(smooth_byte(at, down, right), *at, factor);
    }
  }
}

}  // namespace convoy
