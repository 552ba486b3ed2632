#include "trainer/report/batch_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace convoy {
namespace {

constexpr std::int64_t kMostSamples = 16;
constexpr int kGap = 2;  // pixels between samples

/// What was subtracted of each channel, on average over a mean file.
std::array<double, 3> average_offset(const Normalization& n) {
  std::array<double, 3> offset{n.offset[0], n.offset[1], n.offset[2]};
  if (!n.mean || n.mean->values.empty()) {
    return offset;
  }
  offset.fill(0);
  const std::vector<float>& values = n.mean->values;
  const auto channels = static_cast<std::size_t>(n.channels);
  for (std::size_t i = 0; i < values.size(); ++i) {
    offset[i % channels] += values[i];
  }
  for (double& channel : offset) {
    channel /= static_cast<double>(values.size() / channels);
  }
  return offset;
}

/// A byte of a picture; what is not a number is black.
std::uint8_t to_byte(double value) {
  return value > 0 ? static_cast<std::uint8_t>(std::min(value, 255.0) + 0.5)
                   : 0;
}

/// From network input, [H, W, channels] without gaps, to bytes.
class Denormalizer {
 public:
  explicit Denormalizer(const Normalization& n)
      : normalization_(n), offset_(average_offset(n)) {}

  void pixel(const float* in, std::uint8_t* out) const {
    const int channels = normalization_.channels;
    for (int c = 0; c < channels; ++c) {
      const double value = in[c] / normalization_.factor[c] + offset_[c];
      out[normalization_.bgr ? channels - 1 - c : c] = to_byte(value);
    }
  }

 private:
  const Normalization& normalization_;
  std::array<double, 3> offset_;
};

}  // namespace

Image batch_picture(
    const at::Tensor& images, const Normalization& normalization) {
  const std::int64_t count = std::min(kMostSamples, images.size(0));
  const at::Tensor samples = images.narrow(0, 0, count)
                                 .to(at::kCPU, at::kFloat)
                                 .permute({0, 2, 3, 1})
                                 .contiguous();
  const auto height = static_cast<int>(samples.size(1));
  const auto width = static_cast<int>(samples.size(2));
  const auto channels = static_cast<int>(samples.size(3));
  const auto columns =
      static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count))));
  const int rows = (static_cast<int>(count) + columns - 1) / columns;
  Image grid;
  grid.resize(
      rows * (height + kGap) - kGap, columns * (width + kGap) - kGap, channels);
  std::fill(grid.pixels.begin(), grid.pixels.end(), std::uint8_t{0});
  const Denormalizer denormalizer(normalization);
  const float* in = samples.const_data_ptr<float>();
  for (int i = 0; i < count; ++i) {
    const int left = i % columns * (width + kGap);
    const int top = i / columns * (height + kGap);
    for (int y = 0; y < height; ++y) {
      std::uint8_t* out = grid.row(top + y) + left * channels;
      for (int x = 0; x < width; ++x, in += channels, out += channels) {
        denormalizer.pixel(in, out);
      }
    }
  }
  return grid;
}

}  // namespace convoy
