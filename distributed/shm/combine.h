#pragma once
// Combining the copies that ranks of one host have of a tensor.

#include <c10/core/ScalarType.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "distributed/reduce_op.h"

namespace convoy {

/// Instructions of the processor that sums may use.
enum class SumSimd { portable, avx2, avx512 };

/// The widest that this processor has.
SumSimd best_sum_simd();

/// What is combined: elements [begin, end) of every copy in `from`, in the
/// order of the copies, so the bits depend on nothing else; the result goes to
/// each place in `to`, which may be the copies themselves or not overlap them.
struct Combination {
  std::span<const std::byte* const> from;  ///< the beginning of each copy
  std::span<std::byte* const> to;
  std::int64_t begin = 0;  ///< elements
  std::int64_t end = 0;    ///< elements
  c10::ScalarType type = c10::kFloat;
  ReduceOp op = ReduceOp::sum;
};

/// Floats of 16 bits (bfloat16) are added in 32. Uses ATen's threads. Throws
/// std::logic_error for types that are not reduced on the host.
void combine(const Combination& what, SumSimd simd = best_sum_simd());

}  // namespace convoy
