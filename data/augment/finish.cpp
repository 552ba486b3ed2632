#include "data/augment/finish.h"

#include <algorithm>
#include <cstring>

#include "data/augment/kernels/finish_kernels.h"

namespace convoy {

namespace {

FinishTables tables_of(const FinishPlan& plan) {
  FinishTables tables{};
  for (std::size_t e = 0; e < kPeriod; ++e) {
    const int channel = plan.channels == 1 ? 0 : static_cast<int>(e % 3);
    tables.offset[e] = plan.offset[channel];
    tables.factor[e] = plan.factor[channel];
    tables.bias[e] = plan.matrix[channel][3];
    if (plan.channels == 1) {
      tables.coefficient[2][e] = plan.matrix[0][0];
      continue;
    }
    for (int source = 0; source < 3; ++source) {
      tables.coefficient[source - channel + 2][e] =
          plan.matrix[channel][source];
    }
  }
  return tables;
}

/// What is left when whole blocks are done, padded to one.
void finish_tail(
    const FinishPlan& plan,
    const FinishTables& tables,
    FinishChunk chunk,
    std::size_t count,
    Simd simd) {
  std::uint8_t in[kBlock] = {};
  float mean[kBlock] = {};
  float out[kBlock];
  std::memcpy(in, chunk.in, count);
  float* target = chunk.out;
  chunk.in = in;
  chunk.out = out;
  chunk.blocks = 1;
  if (chunk.mean != nullptr) {
    std::copy_n(chunk.mean, count, mean);
    chunk.mean = mean;
  }
  (simd == Simd::avx2 ? finish_chunk_avx2 : finish_chunk_portable)(
      plan, tables, chunk);
  std::copy_n(out, count, target);
}

}  // namespace

void finish(
    const FinishPlan& plan,
    const std::uint8_t* in,
    std::size_t count,
    float* out,
    Simd simd) {
  const FinishTables tables = tables_of(plan);
  const auto run =
      simd == Simd::avx2 ? finish_chunk_avx2 : finish_chunk_portable;
  for (std::size_t at = 0; at < count;) {
    const std::size_t left = count - at;
    const std::size_t blocks = std::min(left, kChunk) / kBlock;
    const FinishChunk chunk{
        in + at,
        plan.mean == nullptr ? nullptr : plan.mean + at,
        blocks,
        at,
        out + at};
    if (blocks == 0) {
      finish_tail(plan, tables, chunk, left, simd);
      return;
    }
    run(plan, tables, chunk);
    at += blocks * kBlock;
  }
}

void normalize_floats(
    const FinishPlan& plan, const float* in, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t channel = plan.channels == 1 ? 0 : i % 3;
    const float offset =
        plan.mean == nullptr ? plan.offset[channel] : plan.mean[i];
    out[i] = (in[i] - offset) * plan.factor[channel];
  }
}

std::array<double, 3> channel_means(
    int channels, const std::uint8_t* in, std::size_t count, Simd simd) {
  const auto add = simd == Simd::avx2 ? add_blocks_avx2 : add_blocks_portable;
  std::int64_t totals[3] = {};
  const std::size_t whole = count / kBlock * kBlock;
  for (std::size_t at = 0; at < whole; at += kChunk) {
    std::int32_t sums[kPeriod] = {};
    add(in + at, std::min(whole - at, kChunk) / kBlock, sums);
    for (std::size_t e = 0; e < kPeriod; ++e) {
      totals[e % 3] += sums[e];
    }
  }
  for (std::size_t i = whole; i < count; ++i) {
    totals[i % 3] += in[i];
  }
  if (channels == 1) {
    const double mean = static_cast<double>(totals[0] + totals[1] + totals[2]) /
                        static_cast<double>(count);
    return {mean, mean, mean};
  }
  const double pixels = static_cast<double>(count) / 3;
  return {totals[0] / pixels, totals[1] / pixels, totals[2] / pixels};
}

}  // namespace convoy
