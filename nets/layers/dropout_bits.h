#pragma once
// The random bits of a dropout mask, for host and device code alike.

#include <ATen/core/PhiloxRNGEngine.h>

#include <cstdint>

namespace convoy {

/// Random bits of four consecutive elements.
struct FourBits {
  std::uint32_t value[4];
};

/// Bits of elements 4 * group ... 4 * group + 3 of one sample in one step. A
/// sample has at most 2^26 elements.
C10_HOST_DEVICE inline FourBits dropout_bits(
    std::uint64_t seed,
    std::int64_t step,
    std::int64_t sample,
    std::int64_t group) {
  at::Philox4_32 philox(
      seed,
      static_cast<std::uint64_t>(sample),
      (static_cast<std::uint64_t>(step) << 24) +
          static_cast<std::uint64_t>(group));
  return {{philox(), philox(), philox(), philox()}};
}

/// An element is dropped when its bits are below this.
C10_HOST_DEVICE inline std::uint32_t dropout_limit(double probability) {
  return static_cast<std::uint32_t>(probability * 4294967295.0);
}

C10_HOST_DEVICE inline float dropout_scale(double probability) {
  return static_cast<float>(1.0 / (1.0 - probability));
}

}  // namespace convoy
