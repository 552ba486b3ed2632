#pragma once
// Which kind of file some bytes are, by their first bytes and never by a name.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "data/image/decode.h"

namespace convoy {

/// JPEG, PNG, or nothing that can be decoded.
std::optional<ImageFormat> sniff(std::span<const std::uint8_t> bytes);

/// In words, for messages: "an HTML page", "a GIF", "empty".
std::string kind_of_file(std::span<const std::uint8_t> bytes);

}  // namespace convoy
