// The loops of finish.h for AVX2: eight lanes. FMA stays off: it rounds once
// where the portable loops round twice.

#include <immintrin.h>

#include <cstring>
#include <numbers>

#include "data/augment/kernels/finish_kernels.h"

#pragma GCC push_options
#pragma GCC target("avx2")

namespace convoy {

namespace {

constexpr int kLanes = 8;
using Floats [[gnu::vector_size(kLanes * 4)]] = float;
using Ints [[gnu::vector_size(kLanes * 4)]] = std::int32_t;

inline Floats square_root(Floats value) {
  return _mm256_sqrt_ps(value);
}

/// Eight bytes, each as an int.
inline Ints load_bytes(const std::uint8_t* from) {
  return reinterpret_cast<Ints>(_mm256_cvtepu8_epi32(
      _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
}

#include "data/augment/kernels/finish_loops.inc"

}  // namespace

void finish_chunk_avx2(
    const FinishPlan& plan,
    const FinishTables& tables,
    const FinishChunk& chunk) {
  finish_chunk(plan, tables, chunk);
}

void add_blocks_avx2(
    const std::uint8_t* in, std::size_t blocks, std::int32_t sums[kPeriod]) {
  add_blocks(in, blocks, sums);
}

}  // namespace convoy

#pragma GCC pop_options
