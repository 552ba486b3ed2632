#include "nets/weights/errors.h"

#include <fmt/format.h>

#include <cstdint>

namespace convoy {
namespace {

constexpr std::size_t kMostQuotedBytes = 80;

/// What the first byte of a UTF-8 character says: how many follow, and the
/// smallest code point that needs so many.
struct Utf8Lead {
  std::size_t following = 0;
  std::uint32_t bits = 0;
  std::uint32_t smallest = 0;
};

bool read_lead(unsigned char byte, Utf8Lead& lead) {
  if (byte < 0x80) {
    lead = {0, byte, 0};
  } else if ((byte & 0xe0) == 0xc0) {
    lead = {1, byte & 0x1fu, 0x80};
  } else if ((byte & 0xf0) == 0xe0) {
    lead = {2, byte & 0x0fu, 0x800};
  } else if ((byte & 0xf8) == 0xf0) {
    lead = {3, byte & 0x07u, 0x10000};
  } else {
    return false;
  }
  return true;
}

bool is_shown(std::uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return !control && !surrogate && code <= 0x10ffff;
}

}  // namespace

std::string in_quotes(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes.substr(0, kMostQuotedBytes)) {
    if (c >= 0x20 && c < 0x7f) {
      text += c;
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return text + (bytes.size() > kMostQuotedBytes ? "...\"" : "\"");
}

bool is_plain_text(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    Utf8Lead lead;
    if (!read_lead(static_cast<unsigned char>(bytes[i++]), lead) ||
        bytes.size() - i < lead.following) {
      return false;
    }
    std::uint32_t code = lead.bits;
    for (std::size_t k = 0; k < lead.following; ++k) {
      const auto byte = static_cast<unsigned char>(bytes[i++]);
      if ((byte & 0xc0) != 0x80) {
        return false;
      }
      code = code << 6 | (byte & 0x3fu);
    }
    if (code < lead.smallest || !is_shown(code)) {
      return false;
    }
  }
  return true;
}

}  // namespace convoy
