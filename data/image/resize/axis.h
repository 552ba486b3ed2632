#pragma once
// The weights of one axis of a resize: which source pixels make an output
// pixel. Pillow's arithmetic to the last bit, so that the pictures are Pillow's
// too.

#include <cstdint>
#include <vector>

namespace convoy {

/// Fractional bits of a weight.
constexpr int kWeightBits = 22;

/// Source pixels a SIMD step takes; rows of weights are padded with zeros to
/// it.
constexpr int kTapChunk = 4;

/// Output pixel i is the sum over t < count[i] of
/// weights[i * stride + t] * source[first[i] + t], divided by 2^22 and rounded.
struct ResizeAxis {
  std::vector<int> first;
  std::vector<int> count;
  std::vector<std::int32_t> weights;
  /// The same weights for _mm256_madd_epi16, two taps to an int32: for each
  /// chunk of four taps (low 15 bits of taps 0 1, high bits of 0 1, low of 2 3,
  /// high of 2 3).
  std::vector<std::int32_t> pairs;
  int stride = 0;
  bool copies = false;  ///< output pixel i is source pixel first[0] + i

  int size() const { return static_cast<int>(first.size()); }
};

/// Where an axis samples: source pixels [begin, end) of `source_size` are
/// scaled to `grid_size` pixels, of which [window_begin, window_begin +
/// window_size) are wanted, in reverse order if `flip`.
struct ResizeAxisPlan {
  int source_size = 0;
  double begin = 0;
  double end = 0;
  int grid_size = 0;
  int window_begin = 0;
  int window_size = 0;
  bool flip = false;
};

/// Fills `axis`, reusing its memory.
void plan_axis(const ResizeAxisPlan& plan, ResizeAxis& axis);

}  // namespace convoy
