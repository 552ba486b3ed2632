#pragma once
// CRC-32 as zip files have it (reflected polynomial 0xEDB88320, ISO 3309).

#include <cstdint>
#include <string_view>

namespace convoy {

std::uint32_t crc32_of(std::string_view bytes);

}  // namespace convoy
