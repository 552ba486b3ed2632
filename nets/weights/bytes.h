#pragma once
// Numbers in bytes, little-endian as the formats of weights have them and as
// the machines that LibTorch is built for store them.

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "nets/weights/errors.h"

namespace convoy {

static_assert(std::endian::native == std::endian::little);

/// Reads bytes from the front to the back. Whatever would lie beyond their end
/// throws a WeightError that calls them `what`.
class ByteCursor {
 public:
  ByteCursor(std::string_view bytes, const char* what)
      : bytes_(bytes), what_(what) {}

  std::size_t position() const { return position_; }
  std::size_t left() const { return bytes_.size() - position_; }

  std::string_view take(std::uint64_t count) {
    if (count > left()) {
      throw WeightError(fmt::format(
          "{} should have {} more bytes at byte {}, and has {}: it is cut "
          "short or altered",
          what_,
          count,
          position_,
          left()));
    }
    const std::string_view piece = bytes_.substr(position_, count);
    position_ += piece.size();
    return piece;
  }

  template <class Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  /// The bytes up to the next newline, which is skipped.
  std::string_view line() {
    const std::size_t end = bytes_.find('\n', position_);
    const bool found = end != std::string_view::npos;
    const std::string_view text = take(found ? end - position_ : left() + 1);
    take(1);
    return text;
  }

 private:
  std::string_view bytes_;
  const char* what_;
  std::size_t position_ = 0;
};

/// Appends the bytes of `value`.
template <class Number>
void append_number(std::string& bytes, Number value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof value);
}

}  // namespace convoy
