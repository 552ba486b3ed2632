#include "data/image/resize/axis.h"

#include <algorithm>
#include <cmath>

namespace convoy {

namespace {

constexpr int kLowBits = 15;

std::int32_t fixed_point(double weight) {
  return static_cast<std::int32_t>(weight * (1 << kWeightBits) + 0.5);
}

/// The triangle filter around `center`, `support` source pixels to each side.
struct Triangle {
  double center;
  double support;

  double weight(int source) const {
    const double at = (source - center + 0.5) * (1.0 / support);
    return at > -1.0 && at < 1.0 ? 1.0 - std::abs(at) : 0.0;
  }
};

/// Writes the weights of source pixels [first, first + count), which sum up to
/// one.
void normalized_weights(
    const Triangle& filter, int first, int count, double* weights) {
  double sum = 0;
  for (int t = 0; t < count; ++t) {
    weights[t] = filter.weight(first + t);
    sum += weights[t];
  }
  if (sum != 0) {
    for (int t = 0; t < count; ++t) {
      weights[t] /= sum;
    }
  }
}

void pack_pairs(ResizeAxis& axis) {
  axis.pairs.resize(axis.weights.size());
  const auto pair = [](std::int32_t a, std::int32_t b) {
    return a | (b << 16);
  };
  constexpr std::int32_t kLow = (1 << kLowBits) - 1;
  for (std::size_t i = 0; i < axis.weights.size(); i += 2) {
    const std::int32_t a = axis.weights[i];
    const std::int32_t b = axis.weights[i + 1];
    axis.pairs[i] = pair(a & kLow, b & kLow);
    axis.pairs[i + 1] = pair(a >> kLowBits, b >> kLowBits);
  }
}

bool only_copies(const ResizeAxis& axis) {
  for (int i = 0; i < axis.size(); ++i) {
    if (axis.count[i] != 1 || axis.first[i] != axis.first[0] + i ||
        axis.weights[static_cast<std::size_t>(i) * axis.stride] !=
            1 << kWeightBits) {
      return false;
    }
  }
  return true;
}

/// Drops zero weights at both ends, so that a plain copy is seen to be one.
void trim(int& first, int& count, std::int32_t* weights) {
  int leading = 0;
  while (leading < count - 1 && weights[leading] == 0) {
    ++leading;
  }
  if (leading > 0) {
    std::copy(weights + leading, weights + count, weights);
    std::fill(weights + count - leading, weights + count, 0);
    first += leading;
    count -= leading;
  }
  while (count > 1 && weights[count - 1] == 0) {
    --count;
  }
}

}  // namespace

void plan_axis(const ResizeAxisPlan& plan, ResizeAxis& axis) {
  // Pillow takes its box as 32-bit floats.
  const auto begin = static_cast<float>(plan.begin);
  const auto end = static_cast<float>(plan.end);
  const double scale = static_cast<double>(end - begin) / plan.grid_size;
  const double support = std::max(scale, 1.0);
  const int most_taps = static_cast<int>(std::ceil(support)) * 2 + 1;
  axis.stride = (most_taps + kTapChunk - 1) / kTapChunk * kTapChunk;
  axis.first.resize(plan.window_size);
  axis.count.resize(plan.window_size);
  axis.weights.assign(
      static_cast<std::size_t>(plan.window_size) * axis.stride, 0);
  std::vector<double> weights(most_taps);
  for (int i = 0; i < plan.window_size; ++i) {
    const int at = plan.flip ? plan.window_size - 1 - i : i;
    const double center = begin + (plan.window_begin + at + 0.5) * scale;
    // Truncation towards zero before the clamp, as Pillow does.
    const int low = std::max(0, static_cast<int>(center - support + 0.5));
    const int high =
        std::min(plan.source_size, static_cast<int>(center + support + 0.5));
    axis.first[i] = low;
    axis.count[i] = high - low;
    normalized_weights({center, support}, low, high - low, weights.data());
    std::int32_t* fixed =
        axis.weights.data() + static_cast<std::size_t>(i) * axis.stride;
    std::transform(
        weights.begin(), weights.begin() + (high - low), fixed, fixed_point);
    trim(axis.first[i], axis.count[i], fixed);
  }
  pack_pairs(axis);
  axis.copies = only_copies(axis);
}

}  // namespace convoy
