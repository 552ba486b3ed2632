#include "data/image/jpeg/segments.h"

namespace convoy {
namespace {

constexpr std::uint8_t kVersion = 1;

/// Of a picture of 64 megapixels in MCUs of 8 x 8, one a segment.
constexpr std::uint32_t kMostSegments = 1 << 20;

void add_varint(std::uint32_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) {
    out.push_back(static_cast<char>(0x80 | (value & 0x7F)));
  }
  out.push_back(static_cast<char>(value));
}

/// Reads varints one after the other; `failed` once there is none.
class Varints {
 public:
  explicit Varints(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint32_t next() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 35 && at_ < bytes_.size(); shift += 7) {
      const std::uint8_t byte = bytes_[at_++];
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80 && value <= UINT32_MAX) {
        return static_cast<std::uint32_t>(value);
      }
    }
    failed_ = true;
    return 0;
  }

  bool failed() const { return failed_; }
  std::size_t left() const { return bytes_.size() - at_; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace

std::string serialise_segments(const JpegSegments& segments) {
  std::string out(1, static_cast<char>(kVersion));
  add_varint(segments.scan_offset, out);
  add_varint(static_cast<std::uint32_t>(segments.columns), out);
  add_varint(static_cast<std::uint32_t>(segments.sizes.size()), out);
  for (const std::uint32_t size : segments.sizes) {
    add_varint(size, out);
  }
  return out;
}

std::optional<JpegSegments> parse_segments(
    std::span<const std::uint8_t> bytes) {
  if (bytes.empty() || bytes[0] != kVersion) {
    return std::nullopt;
  }
  Varints numbers(bytes.subspan(1));
  JpegSegments segments;
  segments.scan_offset = numbers.next();
  const std::uint32_t columns = numbers.next();
  const std::uint32_t count = numbers.next();
  if (numbers.failed() || columns == 0 || columns > count ||
      count > kMostSegments || count % columns != 0 || count > numbers.left()) {
    return std::nullopt;
  }
  segments.columns = static_cast<int>(columns);
  segments.sizes.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    segments.sizes.push_back(numbers.next());
  }
  if (numbers.failed() || numbers.left() != 0) {
    return std::nullopt;
  }
  return segments;
}

}  // namespace convoy
