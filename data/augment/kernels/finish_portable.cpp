// The loops of finish.h for any x86-64: four lanes.

#include <emmintrin.h>

#include <cstring>
#include <numbers>

#include "data/augment/kernels/finish_kernels.h"

namespace convoy {

namespace {

constexpr int kLanes = 4;
using Floats [[gnu::vector_size(kLanes * 4)]] = float;
using Ints [[gnu::vector_size(kLanes * 4)]] = std::int32_t;

inline Floats square_root(Floats value) {
  return _mm_sqrt_ps(value);
}

/// Four bytes, each as an int.
inline Ints load_bytes(const std::uint8_t* from) {
  std::int32_t four;
  std::memcpy(&four, from, sizeof four);
  const __m128i zero = _mm_setzero_si128();
  const __m128i words = _mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero);
  return reinterpret_cast<Ints>(_mm_unpacklo_epi16(words, zero));
}

#include "data/augment/kernels/finish_loops.inc"

}  // namespace

void finish_chunk_portable(
    const FinishPlan& plan,
    const FinishTables& tables,
    const FinishChunk& chunk) {
  finish_chunk(plan, tables, chunk);
}

void add_blocks_portable(
    const std::uint8_t* in, std::size_t blocks, std::int32_t sums[kPeriod]) {
  add_blocks(in, blocks, sums);
}

}  // namespace convoy
