// A part of a JPEG: a smaller JPEG is made of the segments that it needs, and
// given to libjpeg.

#include <algorithm>
#include <vector>

#include "data/image/jpeg/decode_jpeg.h"
#include "data/image/jpeg/reader.h"
#include "data/image/limits.h"

namespace convoy {
namespace {

/// Chroma of half the size is interpolated between neighbours, which reach so
/// many pixels.
constexpr int kMargin = 2;

/// libjpeg's quick Huffman decoder wants so many bytes ahead of it, of which
/// the last codes would otherwise be without.
constexpr std::size_t kAhead = 8192;

/// Segments [first, last] of an axis.
struct Range {
  int first;
  int last;

  int size() const { return last - first + 1; }
};

Range touched(int begin, int length, int picture, int segment) {
  return {
      std::max(0, begin - kMargin) / segment,
      (std::min(picture, begin + length + kMargin) - 1) / segment};
}

/// The segments of a file, where they really are.
class Placed {
 public:
  Placed(std::span<const std::uint8_t> bytes, const JpegSegments& segments)
      : bytes_(bytes), columns_(segments.columns) {
    std::size_t at = segments.scan_offset;
    begins_.reserve(segments.sizes.size() + 1);
    for (const std::uint32_t size : segments.sizes) {
      begins_.push_back(at);
      at += size + 2;
    }
    begins_.push_back(at);
  }

  /// The last ends with the picture, and those of `row` in `columns` between
  /// the markers that belong there.
  bool ends_fit() const {
    const std::size_t end = begins_.back();
    return end <= bytes_.size() && bytes_[end - 2] == 0xFF &&
           bytes_[end - 1] == 0xD9;
  }
  bool row_fits(int row, const Range& columns) const {
    for (int c = columns.first; c <= columns.last; ++c) {
      const std::size_t i = index(row, c);
      if (i > 0 && (bytes_[begins_[i] - 2] != 0xFF ||
                    bytes_[begins_[i] - 1] != 0xD0 + (i - 1) % 8)) {
        return false;
      }
    }
    return true;
  }

  /// Those of a row with the markers behind them, numbered on from `number`.
  void append(
      int row,
      const Range& columns,
      std::vector<std::uint8_t>& out,
      int& number) const {
    const std::size_t before = out.size();
    const std::size_t first = begins_[index(row, columns.first)];
    out.insert(
        out.end(),
        bytes_.begin() + static_cast<std::ptrdiff_t>(first),
        bytes_.begin() +
            static_cast<std::ptrdiff_t>(begins_[index(row, columns.last) + 1]));
    for (int c = columns.first; c <= columns.last; ++c) {
      const std::size_t end = begins_[index(row, c) + 1] - first + before;
      out[end - 2] = 0xFF;
      out[end - 1] = static_cast<std::uint8_t>(0xD0 + number++ % 8);
    }
  }

 private:
  std::size_t index(int row, int column) const {
    return static_cast<std::size_t>(row) * columns_ + column;
  }

  std::span<const std::uint8_t> bytes_;
  int columns_;
  std::vector<std::size_t> begins_;  ///< of each, and behind the last marker
};

/// What comes before the scan, for a picture of another size, without what says
/// nothing of pixels. REQUIRES: libjpeg has read it.
void append_header(
    std::span<const std::uint8_t> header,
    int height,
    int width,
    std::vector<std::uint8_t>& out) {
  out.assign({0xFF, 0xD8});
  for (std::size_t at = 2; at + 4 <= header.size();) {
    const std::uint8_t marker = header[at + 1];
    if (header[at] != 0xFF || marker == 0xFF) {
      ++at;  // fill bytes
      continue;
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
      at += 2;  // alone
      continue;
    }
    const std::size_t length =
        2 + (static_cast<std::size_t>(header[at + 2]) << 8) + header[at + 3];
    const auto segment =
        header.subspan(at, std::min(length, header.size() - at));
    at += length;
    const bool colours = marker == 0xE0 || marker == 0xEE;  // JFIF, Adobe
    if (marker >= 0xE0 && marker <= 0xFE && !colours) {
      continue;
    }
    const std::size_t begin = out.size();
    out.insert(out.end(), segment.begin(), segment.end());
    if ((marker == 0xC0 || marker == 0xC1) && segment.size() > 9) {
      out[begin + 5] = static_cast<std::uint8_t>(height >> 8);
      out[begin + 6] = static_cast<std::uint8_t>(height);
      out[begin + 7] = static_cast<std::uint8_t>(width >> 8);
      out[begin + 8] = static_cast<std::uint8_t>(width);
    }
  }
}

bool fits(
    const JpegReader& reader, const McuGrid& grid, const JpegSegments& s) {
  return reader.is_baseline() && grid.restart_interval > 0 &&
         grid.columns == s.columns * grid.restart_interval &&
         s.sizes.size() == static_cast<std::size_t>(grid.rows) * s.columns &&
         s.scan_offset == reader.scan_offset();
}

}  // namespace

bool decode_jpeg_window(
    std::span<const std::uint8_t> bytes,
    const JpegSegments& segments,
    const NeededWindow& needed,
    const DecodeOptions& options,
    std::vector<std::uint8_t>& smaller,
    Image& out) {
  JpegReader whole(bytes, options);
  const ImageFacts facts = whole.read_header();
  const McuGrid grid = whole.grid();
  const bool gray = facts.channels == 1;
  if (!fits(whole, grid, segments) || (facts.channels != 3 && !gray) ||
      (options.colour == Colour::gray && !gray) || facts.orientation != 1) {
    return false;
  }
  check_pixels(facts.height, facts.width, options.limits);
  const Window window = needed({facts.height, facts.width});
  const int segment_width = grid.restart_interval * grid.mcu_width;
  const Range columns =
      touched(window.x, window.width, facts.width, segment_width);
  const Range rows =
      touched(window.y, window.height, facts.height, grid.mcu_height);
  const int x = columns.first * segment_width;
  const int y = rows.first * grid.mcu_height;
  const Placed placed(bytes, segments);
  if (!placed.ends_fit()) {
    return false;
  }
  const int height = std::min(facts.height - y, rows.size() * grid.mcu_height);
  const int width = std::min(facts.width - x, columns.size() * segment_width);
  append_header(bytes.first(segments.scan_offset), height, width, smaller);
  int number = 0;
  for (int row = rows.first; row <= rows.last; ++row) {
    if (!placed.row_fits(row, columns)) {
      return false;
    }
    placed.append(row, columns, smaller, number);
  }
  smaller.back() = 0xD9;  // instead of a restart
  smaller.resize(smaller.size() + kAhead);
  out.resize(
      facts.height, facts.width, gray && options.colour != Colour::rgb ? 1 : 3);
  JpegReader part(smaller, options);
  const ImageFacts found = part.read_header();
  if (found.height != height || found.width != width ||
      found.channels != facts.channels) {
    return false;  // a header that libjpeg reads otherwise than append_header()
  }
  part.read_pixels_at(x, y, out);
  return true;
}

}  // namespace convoy
