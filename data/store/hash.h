#pragma once
// XXH3, the hash behind checksums, fingerprints and keyed splits.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace convoy {

/// XXH3-64 of `bytes`. The value is part of the dataset format: it never
/// changes.
std::uint64_t hash64(
    std::span<const std::uint8_t> bytes, std::uint64_t seed = 0);
std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0);

/// 16 hexadecimal digits.
std::string hex64(std::uint64_t value);

}  // namespace convoy
