#pragma once
// The inner loops of a sum over ranks, compiled three times from
// sum_loops.inc: for any x86-64, for AVX2 and for AVX-512. All give the same
// bits. They check nothing.

#include <cstdint>

namespace convoy {

/// Elements [begin, end) of `from_count` copies are added in the order of the
/// copies; the sum goes to each of `to_count` places, which may be the copies
/// themselves.
template <class Element>
struct SumJob {
  const Element* const* from;
  int from_count;
  Element* const* to;
  int to_count;
  std::int64_t begin;
  std::int64_t end;
};

using FloatSumJob = SumJob<float>;
using Bfloat16SumJob = SumJob<std::uint16_t>;  ///< added in 32 bits

void sum_floats_portable(const FloatSumJob& job);
void sum_floats_avx2(const FloatSumJob& job);
void sum_floats_avx512(const FloatSumJob& job);

void sum_bfloat16s_portable(const Bfloat16SumJob& job);
void sum_bfloat16s_avx2(const Bfloat16SumJob& job);
void sum_bfloat16s_avx512(const Bfloat16SumJob& job);

}  // namespace convoy
