#include "data/store/printable.h"

#include <fmt/format.h>

#include <iterator>

namespace convoy {
namespace {

// The length of the UTF-8 sequence that `text` begins with, 0 if it begins with
// none that may be shown.
std::size_t shown_length(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char first = at(0);
  if (first < 0x80) {
    return first >= 0x20 && first != 0x7F ? 1 : 0;
  }
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : first >= 0xE0 && first <= 0xEF ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || length > text.size()) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) {
      return 0;
    }
  }
  // Control characters of 8 bits, sequences longer than needed, surrogates, and
  // beyond the last code point.
  const bool wrong =
      (first == 0xC2 && at(1) < 0xA0) || (first == 0xE0 && at(1) < 0xA0) ||
      (first == 0xED && at(1) > 0x9F) || (first == 0xF0 && at(1) < 0x90) ||
      (first == 0xF4 && at(1) > 0x8F);
  return wrong ? 0 : length;
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = shown_length(bytes);
    if (length > 0) {
      text += bytes.substr(0, length);
    } else {
      fmt::format_to(
          std::back_inserter(text),
          "\\x{:02x}",
          static_cast<unsigned char>(bytes[0]));
    }
    bytes.remove_prefix(length > 0 ? length : 1);
  }
  return text;
}

}  // namespace convoy
