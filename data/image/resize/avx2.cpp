// The passes of a resize with AVX2.

#include <immintrin.h>

#include <cstring>

#include "data/image/pixel_pairs_avx2.h"
#include "data/image/resize/kernels.h"

namespace convoy {

namespace {

[[gnu::target("avx2")]] inline __m256i two_rows(
    const std::uint8_t* upper, const std::uint8_t* lower) {
  const auto load = [](const std::uint8_t* at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  };
  return _mm256_inserti128_si256(
      _mm256_castsi128_si256(load(upper)), load(lower), 1);
}

[[gnu::target("avx2")]] inline __m256i times(__m256i words, int weights) {
  return _mm256_madd_epi16(words, _mm256_set1_epi32(weights));
}

/// Of four RGB pixels, as 16-bit words: R0 R1 G0 G1 B0 B1 0 0, and the same of
/// 2 and 3.
struct Shuffles {
  __m256i taps_01;
  __m256i taps_23;
};

[[gnu::target("avx2")]] inline Shuffles shuffles() {
  return {pixel_pairs(0), pixel_pairs(6)};
}

/// Sums of two rows. A weight has 22 bits and madd multiplies 16: it is split
/// as high * 2^15 + low. Nothing is lost, so the bits are the portable loop's.
struct Sums {
  __m256i low;
  __m256i high;
};

[[gnu::target("avx2"), gnu::always_inline]] inline void add_taps(
    __m256i pixels,
    const Shuffles& order,
    const std::int32_t* pairs,
    Sums& sums) {
  const __m256i a = _mm256_shuffle_epi8(pixels, order.taps_01);
  const __m256i b = _mm256_shuffle_epi8(pixels, order.taps_23);
  sums.low = _mm256_add_epi32(
      sums.low, _mm256_add_epi32(times(a, pairs[0]), times(b, pairs[2])));
  sums.high = _mm256_add_epi32(
      sums.high, _mm256_add_epi32(times(a, pairs[1]), times(b, pairs[3])));
}

/// R G B 0 of the upper row in bytes 0 to 3 and of the lower row in 16 to 19.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i to_pixels(
    const Sums& sums) {
  __m256i sum = _mm256_add_epi32(sums.low, _mm256_slli_epi32(sums.high, 15));
  sum = _mm256_srai_epi32(sum, kWeightBits);
  sum = _mm256_packus_epi32(sum, sum);
  return _mm256_packus_epi16(sum, sum);
}

/// Output pixel i of four rows.
[[gnu::target("avx2"), gnu::always_inline]] inline void rgb_of_four(
    const ResizeAxis& axis,
    const std::uint8_t* const in[4],
    int i,
    std::uint32_t out[4]) {
  const Shuffles order = shuffles();
  const __m256i half = _mm256_set1_epi32(1 << (kWeightBits - 1));
  const std::int32_t* pairs =
      axis.pairs.data() + static_cast<std::size_t>(i) * axis.stride;
  Sums upper{half, _mm256_setzero_si256()};
  Sums lower = upper;
  std::size_t at = static_cast<std::size_t>(axis.first[i]) * 3;
  for (int left = axis.count[i]; left > 0; left -= kTapChunk) {
    add_taps(two_rows(in[0] + at, in[1] + at), order, pairs, upper);
    add_taps(two_rows(in[2] + at, in[3] + at), order, pairs, lower);
    at += 3 * kTapChunk;
    pairs += kTapChunk;
  }
  const __m256i a = to_pixels(upper);
  const __m256i b = to_pixels(lower);
  out[0] = static_cast<std::uint32_t>(_mm256_extract_epi32(a, 0));
  out[1] = static_cast<std::uint32_t>(_mm256_extract_epi32(a, 4));
  out[2] = static_cast<std::uint32_t>(_mm256_extract_epi32(b, 0));
  out[3] = static_cast<std::uint32_t>(_mm256_extract_epi32(b, 4));
}

}  // namespace

[[gnu::target("avx2")]] void horizontal_rgb_avx2(
    const ResizeAxis& axis,
    const std::uint8_t* const in[4],
    std::uint8_t* const out[4]) {
  const std::uint8_t* const from[4] = {in[0], in[1], in[2], in[3]};
  std::uint8_t* const to[4] = {out[0], out[1], out[2], out[3]};
  const int last = axis.size() - 1;
  std::uint32_t pixels[4];
  // Four bytes a pixel: the next one overwrites the fourth.
  for (int i = 0; i < last; ++i) {
    rgb_of_four(axis, from, i, pixels);
    for (int row = 0; row < 4; ++row) {
      std::memcpy(to[row] + static_cast<std::size_t>(i) * 3, &pixels[row], 4);
    }
  }
  rgb_of_four(axis, from, last, pixels);
  for (int row = 0; row < 4; ++row) {
    std::memcpy(to[row] + static_cast<std::size_t>(last) * 3, &pixels[row], 3);
  }
}

namespace {

constexpr int kLanes = 8;
constexpr std::size_t kBlock = 4 * kLanes;

[[gnu::target("avx2")]] inline void vertical_block(
    const VerticalJob& job, std::size_t x, std::uint8_t* out) {
  __m256i sums[4];
  for (__m256i& sum : sums) {
    sum = _mm256_set1_epi32(1 << (kWeightBits - 1));
  }
  const std::uint8_t* in = job.in + x;
  for (int t = 0; t < job.count; ++t, in += job.stride) {
    const __m256i weight = _mm256_set1_epi32(job.weights[t]);
    for (int lane = 0; lane < 4; ++lane) {
      const __m256i pixels = _mm256_cvtepu8_epi32(_mm_loadl_epi64(
          reinterpret_cast<const __m128i*>(in + lane * kLanes)));
      sums[lane] =
          _mm256_add_epi32(sums[lane], _mm256_mullo_epi32(pixels, weight));
    }
  }
  for (__m256i& sum : sums) {
    sum = _mm256_srai_epi32(sum, kWeightBits);
  }
  // Packing works in 128-bit halves: the permutation puts the bytes back in
  // order.
  const __m256i packed = _mm256_packus_epi16(
      _mm256_packus_epi32(sums[0], sums[1]),
      _mm256_packus_epi32(sums[2], sums[3]));
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  _mm256_storeu_si256(
      reinterpret_cast<__m256i*>(out + x),
      _mm256_permutevar8x32_epi32(packed, order));
}

}  // namespace

[[gnu::target("avx2")]] void vertical_avx2(
    const VerticalJob& job, std::uint8_t* out) {
  if (job.bytes < kBlock) {
    vertical_portable(job, out);
    return;
  }
  std::size_t x = 0;
  for (; x + kBlock <= job.bytes; x += kBlock) {
    vertical_block(job, x, out);
  }
  if (x < job.bytes) {
    vertical_block(job, job.bytes - kBlock, out);  // some bytes a second time
  }
}

}  // namespace convoy
