// Bilinear sampling of a row of RGB pixels with AVX2, eight at a time.

#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "data/augment/kernels/warp_kernels.h"
#include "data/image/pixel_pairs_avx2.h"

namespace convoy {

namespace {

constexpr int kLanes = 8;

/// Where eight output pixels are sampled: byte offsets, and the weights of the
/// upper and lower two source pixels, left in the low and right in the high
/// half of each int.
struct Positions {
  alignas(32) std::int32_t offset[kLanes];
  __m256i upper;
  __m256i lower;
};

[[gnu::target("avx2")]] inline __m256i at_lanes(
    std::int32_t start, std::int32_t step, std::int32_t most) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i at = _mm256_add_epi32(
      _mm256_set1_epi32(start),
      _mm256_mullo_epi32(lanes, _mm256_set1_epi32(step)));
  return _mm256_min_epi32(
      _mm256_max_epi32(at, _mm256_setzero_si256()), _mm256_set1_epi32(most));
}

/// The fraction, rounded to 0 .. 128.
[[gnu::target("avx2")]] inline __m256i fraction(__m256i position) {
  const __m256i low = _mm256_and_si256(position, _mm256_set1_epi32(0xFFFF));
  return _mm256_srli_epi32(_mm256_add_epi32(low, _mm256_set1_epi32(256)), 9);
}

[[gnu::target("avx2"), gnu::always_inline]] inline void locate(
    const WarpRow& row, int first, Positions& result) {
  const __m256i x =
      at_lanes(row.x + first * row.step_x, row.step_x, row.most_x);
  const __m256i y =
      at_lanes(row.y + first * row.step_y, row.step_y, row.most_y);
  const __m256i one = _mm256_set1_epi32(128);
  const __m256i right = fraction(x);
  const __m256i below = fraction(y);
  const __m256i pair = _mm256_or_si256(
      _mm256_sub_epi32(one, right), _mm256_slli_epi32(right, 16));
  result.upper = _mm256_mullo_epi32(_mm256_sub_epi32(one, below), pair);
  result.lower = _mm256_mullo_epi32(below, pair);
  const __m256i pixels = _mm256_srai_epi32(x, 16);
  const __m256i bytes =
      _mm256_add_epi32(pixels, _mm256_add_epi32(pixels, pixels));
  const __m256i rows = _mm256_mullo_epi32(
      _mm256_srai_epi32(y, 16), _mm256_set1_epi32(static_cast<int>(row.down)));
  _mm256_store_si256(
      reinterpret_cast<__m256i*>(result.offset), _mm256_add_epi32(rows, bytes));
}

/// Eight bytes of the upper source row, then eight of the lower.
[[gnu::target("avx2")]] inline __m128i two_by_two(
    const std::uint8_t* at, std::ptrdiff_t down) {
  std::int64_t upper;
  std::int64_t lower;
  std::memcpy(&upper, at, sizeof upper);
  std::memcpy(&lower, at + down, sizeof lower);
  return _mm_set_epi64x(lower, upper);
}

/// Pixels `at` and `at` + 1 of the eight, as ints R G B 0 in each half.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i blend(
    const WarpRow& row, const Positions& positions, int at) {
  const __m256i order_upper = pixel_pairs(0);
  const __m256i order_lower = pixel_pairs(8);
  const __m256i pixels = _mm256_inserti128_si256(
      _mm256_castsi128_si256(
          two_by_two(row.source + positions.offset[at], row.down)),
      two_by_two(row.source + positions.offset[at + 1], row.down),
      1);
  const __m256i lanes =
      _mm256_setr_epi32(at, at, at, at, at + 1, at + 1, at + 1, at + 1);
  const __m256i sum = _mm256_add_epi32(
      _mm256_madd_epi16(
          _mm256_shuffle_epi8(pixels, order_upper),
          _mm256_permutevar8x32_epi32(positions.upper, lanes)),
      _mm256_madd_epi16(
          _mm256_shuffle_epi8(pixels, order_lower),
          _mm256_permutevar8x32_epi32(positions.lower, lanes)));
  return _mm256_srai_epi32(
      _mm256_add_epi32(sum, _mm256_set1_epi32(1 << 13)), 14);
}

/// Eight pixels as 32 bytes R G B 0.
[[gnu::target("avx2"), gnu::always_inline]] inline void eight_pixels(
    const WarpRow& row, int first, std::uint32_t out[kLanes]) {
  Positions positions;
  locate(row, first, positions);
  const __m256i packed = _mm256_packus_epi16(
      _mm256_packus_epi32(blend(row, positions, 0), blend(row, positions, 2)),
      _mm256_packus_epi32(blend(row, positions, 4), blend(row, positions, 6)));
  // Packed by halves: pixels 0 2 4 6 | 1 3 5 7.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  _mm256_storeu_si256(
      reinterpret_cast<__m256i*>(out),
      _mm256_permutevar8x32_epi32(packed, order));
}

}  // namespace

[[gnu::target("avx2")]] void warp_rgb_row_avx2(
    const WarpRow& row, std::uint8_t* out) {
  for (int first = 0; first < row.count; first += kLanes) {
    std::uint32_t pixels[kLanes];
    eight_pixels(row, first, pixels);
    const int here = std::min(kLanes, row.count - first);
    std::uint8_t* to = out + first * 3;
    // Four bytes a pixel: the next one overwrites the fourth.
    for (int i = 0; i + 1 < here; ++i) {
      std::memcpy(to + i * 3, &pixels[i], 4);
    }
    std::memcpy(to + (here - 1) * 3, &pixels[here - 1], 3);
  }
}

}  // namespace convoy
