#include "distributed/shm/combine.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "distributed/shm/sum_kernels.h"

namespace convoy {
namespace {

/// A thread is worth waking for as many elements.
constexpr std::int64_t kGrain = 1 << 16;

template <class Element>
using SumKernel = void (*)(const SumJob<Element>&);

constexpr std::array<SumKernel<float>, 3> kFloatKernels{
    sum_floats_portable, sum_floats_avx2, sum_floats_avx512};
constexpr std::array<SumKernel<std::uint16_t>, 3> kBfloat16Kernels{
    sum_bfloat16s_portable, sum_bfloat16s_avx2, sum_bfloat16s_avx512};

template <class Element>
void sum(const Combination& what, SumKernel<Element> kernel) {
  const SumJob<Element> all{
      reinterpret_cast<const Element* const*>(what.from.data()),
      static_cast<int>(what.from.size()),
      reinterpret_cast<Element* const*>(what.to.data()),
      static_cast<int>(what.to.size()),
      what.begin,
      what.end};
  if (what.end - what.begin <= kGrain) {
    return kernel(all);
  }
  at::parallel_for(
      what.begin, what.end, kGrain, [&](std::int64_t begin, std::int64_t end) {
        SumJob<Element> part = all;
        part.begin = begin;
        part.end = end;
        kernel(part);
      });
}

template <class Element>
Element combined(ReduceOp op, Element a, Element b) {
  switch (op) {
    case ReduceOp::sum:
      return a + b;
    case ReduceOp::min:
      return std::min(a, b);
    case ReduceOp::max:
      return std::max(a, b);
    case ReduceOp::average:
      break;  // average_of() makes it from the sum
  }
  throw std::logic_error("combine: unknown operation");
}

/// What is seldom asked for, and little: sums of figures, smallest and largest.
template <class Element>
void combine_plainly(const Combination& what) {
  for (std::int64_t i = what.begin; i < what.end; ++i) {
    Element result = reinterpret_cast<const Element*>(what.from[0])[i];
    for (std::size_t r = 1; r < what.from.size(); ++r) {
      result = combined(
          what.op, result, reinterpret_cast<const Element*>(what.from[r])[i]);
    }
    for (std::byte* place : what.to) {
      reinterpret_cast<Element*>(place)[i] = result;
    }
  }
}

}  // namespace

SumSimd best_sum_simd() {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    return SumSimd::avx512;
  }
  return __builtin_cpu_supports("avx2") ? SumSimd::avx2 : SumSimd::portable;
}

void combine(const Combination& what, SumSimd simd) {
  const auto kernel = static_cast<std::size_t>(simd);
  if (what.op == ReduceOp::sum && what.type == c10::kFloat) {
    return sum<float>(what, kFloatKernels[kernel]);
  }
  if (what.op == ReduceOp::sum && what.type == c10::kBFloat16) {
    return sum<std::uint16_t>(what, kBfloat16Kernels[kernel]);
  }
  switch (what.type) {
    case c10::kFloat:
      return combine_plainly<float>(what);
    case c10::kDouble:
      return combine_plainly<double>(what);
    case c10::kInt:
      return combine_plainly<std::int32_t>(what);
    case c10::kLong:
      return combine_plainly<std::int64_t>(what);
    default:
      throw std::logic_error(fmt::format(
          "combine: {} is not reduced on the host by this operation",
          c10::toString(what.type)));
  }
}

}  // namespace convoy
