#include "trainer/evaluation/markup.h"

#include <algorithm>

#include "data/store/printable.h"

namespace convoy {
namespace {

bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), begins_character));
}

std::string shown_on_console(std::string_view name) {
  constexpr std::size_t kMostLetters = 32;
  return shortened(printable(name), kMostLetters);
}

std::string padded_to(std::string_view text, std::size_t width) {
  const std::size_t blanks = width - std::min(width, characters(text));
  return std::string(text) + std::string(blanks, ' ');
}

std::string shortened(std::string_view text, std::size_t most) {
  if (characters(text) <= most) {
    return std::string(text);
  }
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    seen += begins_character(text[end]) ? 1 : 0;
    if (seen == most) {
      break;
    }
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace convoy
