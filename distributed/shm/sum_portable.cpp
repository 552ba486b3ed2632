// The sums over ranks for any x86-64.

#include <cstdint>
#include <cstring>

#include "distributed/shm/sum_kernels.h"

namespace convoy {
namespace {

constexpr int kLanes = 4;

#include "distributed/shm/sum_loops.inc"

}  // namespace

void sum_floats_portable(const FloatSumJob& job) {
  sum_all<Single>(job);
}

void sum_bfloat16s_portable(const Bfloat16SumJob& job) {
  sum_all<Bfloat16>(job);
}

}  // namespace convoy
