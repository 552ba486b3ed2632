#pragma once
// What bounds the memory and the time that a weight file may ask for; far above
// what networks need.

#include <cstddef>
#include <cstdint>

namespace convoy {

constexpr std::uint64_t kMostWeightFileBytes = 4ull << 30;
constexpr std::size_t kMostTensors = 1u << 17;  ///< in a file
constexpr std::size_t kMostTensorNameBytes = 1024;
constexpr std::size_t kMostStorageKeyBytes = 256;

}  // namespace convoy
