#pragma once
// The wire format of Protocol Buffers
// (protobuf.dev/programming-guides/encoding) field by field: what a message
// means is its reader's business.

#include <cstdint>
#include <string_view>

#include "nets/weights/bytes.h"

namespace convoy {

/// How a field lies in a message; the numbers are the format's.
enum class WireKind { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// A field of a message.
struct WireField {
  std::uint32_t number = 0;
  WireKind kind = WireKind::varint;
  std::uint64_t value = 0;  ///< of a varint
  /// Of the other kinds: 8 bytes, 4 bytes, or those of a text, a message inside
  /// or packed numbers.
  std::string_view bytes;

  bool is(std::uint32_t wanted, WireKind as) const {
    return number == wanted && kind == as;
  }
};

/// Walks over the fields of a message in their order. `what` is what errors
/// call it.
class WireMessage {
 public:
  WireMessage(std::string_view message, const char* what)
      : at_(message, what), what_(what) {}

  /// Reads the next field; false at the end. Throws WeightError when it is cut
  /// short, of no known kind (groups, which proto2 gave up, are none) or
  /// numbered 0.
  bool next(WireField& field);

  /// Whether nothing is left.
  bool at_end() const { return at_.left() == 0; }
  /// Reads a number: a message of packed numbers is nothing but these.
  std::uint64_t varint();

 private:
  ByteCursor at_;
  const char* what_;
};

}  // namespace convoy
