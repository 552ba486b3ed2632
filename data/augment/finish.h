#pragma once
// The last stage of augmentation, from the cropped bytes to the batch slot:
// colour matrix, clamp, noise, normalisation, one pass through memory.

#include <array>
#include <cstddef>
#include <cstdint>

#include "data/image/resize.h"

namespace convoy {

/// A picture of interleaved pixels is one array: nothing here depends on its
/// rows.
struct FinishPlan {
  int channels = 3;
  /// Output channel = matrix[channel] * (red, green, blue, 1); for gray the
  /// first row's columns 0 and 3. Off: the identity.
  bool recolour = false;
  std::array<std::array<float, 4>, 3> matrix{};
  bool clamp = false;  ///< to 0..255, after the matrix
  /// Gaussian, added in units of 0..255. Each element's noise is a function of
  /// the key and its place alone.
  float noise_stddev = 0;
  std::uint64_t noise_key = 0;
  /// output = (value - offset) * factor, per output channel; `mean`, if given,
  /// holds an offset for each element.
  std::array<float, 3> offset{};
  std::array<float, 3> factor{};
  const float* mean = nullptr;
};

/// `count` bytes to `count` floats. The same bits on any CPU.
void finish(
    const FinishPlan& plan,
    const std::uint8_t* in,
    std::size_t count,
    float* out,
    Simd simd = best_simd());

/// As finish, from floats that are already in the output's channel order: only
/// offset, mean and factor are applied.
void normalize_floats(
    const FinishPlan& plan, const float* in, std::size_t count, float* out);

/// Means of the channels of interleaved pixels (gray: three times the same).
std::array<double, 3> channel_means(
    int channels,
    const std::uint8_t* in,
    std::size_t count,
    Simd simd = best_simd());

}  // namespace convoy
