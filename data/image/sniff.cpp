#include "data/image/sniff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace convoy {
namespace {

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view words;
};

constexpr std::array kSignatures = {
    Signature{0, "\xFF\xD8\xFF", "a JPEG"},
    Signature{0, "\x89PNG\r\n\x1A\n", "a PNG"},
    Signature{0, "GIF8", "a GIF"},
    Signature{8, "WEBP", "a WebP picture"},
    Signature{4, "ftypheic", "a HEIC picture"},
    Signature{4, "ftypavif", "an AVIF picture"},
    Signature{0, {"II*\0", 4}, "a TIFF"},
    Signature{0, {"MM\0*", 4}, "a TIFF"},
    Signature{0, "BM", "a BMP"},
    Signature{0, "%PDF", "a PDF"},
    Signature{0, "PK\x03\x04", "a ZIP archive"},
    Signature{0, "<!DOCTYPE", "an HTML page"},
    Signature{0, "<!doctype", "an HTML page"},
    Signature{0, "<html", "an HTML page"},
    Signature{0, "<HTML", "an HTML page"},
    Signature{0, "<?xml", "an XML file"},
    Signature{0, "<svg", "an SVG"},
};

bool matches(std::span<const std::uint8_t> bytes, const Signature& signature) {
  return bytes.size() >= signature.offset + signature.bytes.size() &&
         std::memcmp(
             bytes.data() + signature.offset,
             signature.bytes.data(),
             signature.bytes.size()) == 0;
}

bool is_text(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) {
    return byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
  });
}

}  // namespace

std::optional<ImageFormat> sniff(std::span<const std::uint8_t> bytes) {
  if (matches(bytes, kSignatures[0])) {
    return ImageFormat::jpeg;
  }
  if (matches(bytes, kSignatures[1])) {
    return ImageFormat::png;
  }
  return std::nullopt;
}

std::string kind_of_file(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) {
    return "empty";
  }
  for (const Signature& signature : kSignatures) {
    if (matches(bytes, signature)) {
      return std::string(signature.words);
    }
  }
  const auto head = bytes.first(std::min<std::size_t>(bytes.size(), 64));
  if (is_text(head)) {
    return "a text file";
  }
  return fmt::format(
      "of an unknown kind (first bytes {:02X})",
      fmt::join(head.first(std::min<std::size_t>(head.size(), 8)), " "));
}

}  // namespace convoy
