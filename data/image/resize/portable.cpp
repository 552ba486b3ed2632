// The passes of a resize for any CPU.

#include <algorithm>

#include "data/image/resize/kernels.h"

namespace convoy {

namespace {

constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

std::uint8_t to_pixel(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

template <int kChannels>
void horizontal(
    const ResizeAxis& axis, const std::uint8_t* in, std::uint8_t* out) {
  for (int i = 0; i < axis.size(); ++i) {
    const std::int32_t* weights =
        axis.weights.data() + static_cast<std::size_t>(i) * axis.stride;
    const std::uint8_t* pixel = in + axis.first[i] * kChannels;
    std::int32_t sums[kChannels];
    std::fill(sums, sums + kChannels, kHalf);
    for (int t = 0; t < axis.count[i]; ++t) {
      for (int c = 0; c < kChannels; ++c) {
        sums[c] += weights[t] * pixel[t * kChannels + c];
      }
    }
    for (int c = 0; c < kChannels; ++c) {
      out[i * kChannels + c] = to_pixel(sums[c]);
    }
  }
}

}  // namespace

void horizontal_portable(
    const ResizeAxis& axis,
    int channels,
    const std::uint8_t* in,
    std::uint8_t* out) {
  if (channels == 3) {
    horizontal<3>(axis, in, out);
  } else {
    horizontal<1>(axis, in, out);
  }
}

void vertical_portable(const VerticalJob& job, std::uint8_t* out) {
  for (std::size_t x = 0; x < job.bytes; ++x) {
    std::int32_t sum = kHalf;
    for (int t = 0; t < job.count; ++t) {
      sum += job.weights[t] * job.in[t * job.stride + x];
    }
    out[x] = to_pixel(sum);
  }
}

}  // namespace convoy
