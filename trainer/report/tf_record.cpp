#include "trainer/report/tf_record.h"

#include <array>

namespace convoy {
namespace {

constexpr std::uint32_t kCastagnoli = 0x82f63b78;  // lowest bit first

/// The CRC of each single byte.
constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? kCastagnoli : 0);
    }
    table[byte] = crc;
  }
  return table;
}

constexpr auto kCrcTable = crc_table();

std::uint32_t masked_crc(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
}

/// The lowest `count` bytes of a number, the lowest first.
void append_bytes(std::uint64_t number, int count, std::string& out) {
  for (int i = 0; i < count; ++i) {
    out.push_back(static_cast<char>(number >> (8 * i)));
  }
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<std::uint8_t>(byte)) & 255];
  }
  return ~crc;
}

std::string tf_record(std::string_view data) {
  std::string record;
  record.reserve(data.size() + 16);
  append_bytes(data.size(), 8, record);
  append_bytes(masked_crc(record), 4, record);
  record += data;
  append_bytes(masked_crc(data), 4, record);
  return record;
}

}  // namespace convoy
