// The sums over ranks for AVX2.

#include <cstdint>
#include <cstring>

#include "distributed/shm/sum_kernels.h"

// What follows only: shared templates of the headers stay for every processor.
#pragma GCC target("avx2")

namespace convoy {
namespace {

constexpr int kLanes = 8;

#include "distributed/shm/sum_loops.inc"

}  // namespace

void sum_floats_avx2(const FloatSumJob& job) {
  sum_all<Single>(job);
}

void sum_bfloat16s_avx2(const Bfloat16SumJob& job) {
  sum_all<Bfloat16>(job);
}

}  // namespace convoy
