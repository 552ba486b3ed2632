#include "data/loader/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "data/augment/random.h"

namespace convoy {

namespace {

/// On fewer bits a round has too few functions to choose from for all
/// permutations of a tiny dataset to be equally likely; more bits only mean
/// longer walks.
constexpr int kFewestBits = 8;

/// The finaliser of SplitMix64.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

}  // namespace

EpochOrder::EpochOrder(
    std::uint64_t seed,
    std::uint32_t epoch,
    std::uint64_t size,
    std::uint64_t list)
    : size_(size) {
  if (size == 0 || size > std::uint64_t{1} << 62) {
    throw std::logic_error(
        fmt::format("the order of {} samples: 1 to 2^62 can be ordered", size));
  }
  const int bits =
      std::max(kFewestBits, static_cast<int>(std::bit_width(size - 1)));
  low_bits_ = bits / 2;
  high_bits_ = bits - low_bits_;
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    keys_[round] =
        DrawBlock({seed, epoch, kNoSample - list}, Draw::order, round).bits64();
  }
}

std::uint64_t EpochOrder::permuted(std::uint64_t value) const {
  std::uint64_t low = value & ((std::uint64_t{1} << low_bits_) - 1);
  std::uint64_t high = value >> low_bits_;
  for (int round = 0; round < kRounds; round += 2) {
    low ^= mix(high + keys_[round]) >> (64 - low_bits_);
    high ^= mix(low + keys_[round + 1]) >> (64 - high_bits_);
  }
  return high << low_bits_ | low;
}

std::uint64_t EpochOrder::at(std::uint64_t position) const {
  if (position >= size_) {
    throw std::out_of_range(
        fmt::format("position {} of {} samples", position, size_));
  }
  std::uint64_t value = position;
  do {
    value = permuted(value);
  } while (value >= size_);
  return value;
}

}  // namespace convoy
