#include "nets/weights/protobuf.h"

namespace convoy {

std::uint64_t WireMessage::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = at_.number<std::uint8_t>();
    value |= static_cast<std::uint64_t>(byte & 0x7fu) << shift;
    if (byte < 0x80) {
      return value;
    }
  }
  throw WeightError(fmt::format(
      "{} has a number of more than 64 bits before byte {}: it is altered",
      what_,
      at_.position()));
}

bool WireMessage::next(WireField& field) {
  if (at_end()) {
    return false;
  }
  constexpr std::uint64_t kLargestTag = 0xffffffff;
  const std::size_t begin = at_.position();
  const std::uint64_t tag = varint();
  field = {static_cast<std::uint32_t>(tag >> 3), WireKind(tag & 7), 0, {}};
  if (tag <= kLargestTag && field.number > 0) {
    switch (field.kind) {
      case WireKind::varint:
        field.value = varint();
        return true;
      case WireKind::fixed64:
        field.bytes = at_.take(8);
        return true;
      case WireKind::fixed32:
        field.bytes = at_.take(4);
        return true;
      case WireKind::bytes:
        field.bytes = at_.take(varint());
        return true;
    }
  }
  throw WeightError(fmt::format(
      "{} has {} at byte {} where a field of a message belongs: it is altered "
      "or another kind of file",
      what_,
      tag,
      begin));
}

}  // namespace convoy
