#pragma once
// The loops of finish.h, compiled twice from finish_loops.inc: for any x86-64
// and for AVX2. A chunk is kChunk elements at most; buffers have room for whole
// blocks.

#include <cstddef>
#include <cstdint>

#include "data/augment/finish.h"

namespace convoy {

constexpr std::size_t kPeriod =
    24;  ///< the channel pattern repeats: 3 x 8 lanes
constexpr std::size_t kBlock =
    2 * kPeriod;  ///< noise comes in pairs of periods
constexpr std::size_t kChunk = 32 * kBlock;  ///< stays in the first-level cache
constexpr std::size_t kMargin =
    8;  ///< read before and behind the values of a chunk

/// FinishPlan laid out for the lanes: element e of a period has channel e % 3.
struct alignas(32) FinishTables {
  /// Of the element s - 2 places further, s = 0 .. 4.
  float coefficient[5][kPeriod];
  float bias[kPeriod];
  float offset[kPeriod];
  float factor[kPeriod];
};

/// One chunk: `blocks` blocks of `in` to `out`; `first` is its first element's
/// place in the picture.
struct FinishChunk {
  const std::uint8_t* in;
  const float* mean;  ///< or null
  std::size_t blocks;
  std::size_t first;
  float* out;
};

void finish_chunk_portable(
    const FinishPlan& plan,
    const FinishTables& tables,
    const FinishChunk& chunk);
void finish_chunk_avx2(
    const FinishPlan& plan,
    const FinishTables& tables,
    const FinishChunk& chunk);

/// Adds `blocks` blocks into sums[e % kPeriod].
void add_blocks_portable(
    const std::uint8_t* in, std::size_t blocks, std::int32_t sums[kPeriod]);
void add_blocks_avx2(
    const std::uint8_t* in, std::size_t blocks, std::int32_t sums[kPeriod]);

}  // namespace convoy
