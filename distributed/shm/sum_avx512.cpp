// The sums over ranks for AVX-512.

#include <cstdint>
#include <cstring>

#include "distributed/shm/sum_kernels.h"

// What follows only: shared templates of the headers stay for every processor.
#pragma GCC target("avx512f,avx512bw,avx512vl")

namespace convoy {
namespace {

constexpr int kLanes = 16;

#include "distributed/shm/sum_loops.inc"

}  // namespace

void sum_floats_avx512(const FloatSumJob& job) {
  sum_all<Single>(job);
}

void sum_bfloat16s_avx512(const Bfloat16SumJob& job) {
  sum_all<Bfloat16>(job);
}

}  // namespace convoy
