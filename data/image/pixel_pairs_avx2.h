#pragma once
// The byte shuffle that brings the channels of two RGB pixels side by side, for
// multiply-add with AVX2.

#include <immintrin.h>

namespace convoy {

/// For _mm256_shuffle_epi8, in both halves: of the pixel at byte `first` and
/// the next one, the 16-bit words R0 R1 G0 G1 B0 B1 0 0.
[[gnu::target("avx2"), gnu::always_inline]] inline __m256i pixel_pairs(
    char first) {
  const auto byte = [=](int n) { return static_cast<char>(first + n); };
  constexpr char kNone = -1;
  // clang-format off
  return _mm256_broadcastsi128_si256(_mm_setr_epi8(
      byte(0), kNone, byte(3), kNone, byte(1), kNone, byte(4), kNone,
      byte(2), kNone, byte(5), kNone, kNone, kNone, kNone, kNone));
  // clang-format on
}

}  // namespace convoy
