#pragma once
// The order of samples in an epoch as a pure function that remembers nothing:
// position to sample index, a keyed permutation of [0, size). A run jumps to
// any step of any epoch without replaying what came before, and databases of
// any size cost no memory.

#include <array>
#include <cstdint>

namespace convoy {

/// A Feistel network over the smallest domain of 2^k >= size values, walked in
/// cycles until the result is below size (Black and Rogaway, "Ciphers with
/// arbitrary finite domains", 2002).
class EpochOrder {
 public:
  /// REQUIRES 1 <= size <= 2^62, else std::logic_error.
  /// `list` tells the orders of several lists of samples apart.
  EpochOrder(
      std::uint64_t seed,
      std::uint32_t epoch,
      std::uint64_t size,
      std::uint64_t list = 0);

  /// The sample at `position` < size(). About 2 walks of 12 rounds at most on
  /// average.
  std::uint64_t at(std::uint64_t position) const;

  std::uint64_t size() const { return size_; }

 private:
  static constexpr int kRounds = 12;

  std::uint64_t permuted(std::uint64_t value) const;

  std::uint64_t size_;
  int low_bits_;
  int high_bits_;
  std::array<std::uint64_t, kRounds> keys_;
};

}  // namespace convoy
