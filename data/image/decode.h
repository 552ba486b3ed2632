#pragma once
// JPEG and PNG bytes to pixels, told apart by content, with limits on what a
// hostile file may cost.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/image/image.h"

namespace convoy {

/// Channels of the result. `rgb` and `gray` convert by rule: gray to RGB copies
/// the value, RGB to gray is ITU-R 601 luma in Pillow's integer arithmetic.
/// `as_stored` gives gray for gray files and RGB for all others.
enum class Colour { rgb, gray, as_stored };

enum class ImageFormat { jpeg, png };

/// What one picture may cost. A file beyond a limit is BadData, before the
/// memory is asked for.
struct DecodeLimits {
  std::int64_t max_pixels = std::int64_t{64} << 20;  ///< height x width
  int max_scans = 100;  ///< of a progressive JPEG; cameras write about ten
  /// Working memory of a decoder beside the result: a progressive JPEG keeps
  /// two bytes a sample.
  std::int64_t max_memory_bytes = std::int64_t{512} << 20;
};

struct DecodeOptions {
  Colour colour = Colour::rgb;
  /// Damage that a decoder could paint over (a JPEG cut short, bits flipped, a
  /// PNG without its end) is BadData too. For imports; a stored record has its
  /// checksum.
  bool strict = false;
  DecodeLimits limits{};
};

/// What a file says of itself, and what was done to it.
struct ImageFacts {
  ImageFormat format = ImageFormat::jpeg;
  int height = 0;       ///< as stored, before orientation
  int width = 0;        ///< as stored, before orientation
  int channels = 0;     ///< as stored: 1 gray or palette, 2 gray + alpha, 3, 4
  int bits = 8;         ///< per sample as stored: 1, 2, 4, 8 or 16
  int orientation = 1;  ///< EXIF, 1 to 8; applied by Decoder::decode
  bool cmyk = false;    ///< CMYK or YCCK
  bool palette = false;
  bool alpha = false;  ///< dropped, as Pillow's convert("RGB") does
  bool progressive = false;
  bool damaged = false;  ///< decoded, but with warnings of corrupt data

  /// Whether orientation swaps height and width.
  bool lies_on_side() const { return orientation >= 5; }
  int upright_height() const { return lies_on_side() ? width : height; }
  int upright_width() const { return lies_on_side() ? height : width; }
};

/// What of an upright picture of a size is needed; within it, not empty.
using NeededWindow = std::function<Window(const PictureSize&)>;

/// Reads the header alone. Throws BadData.
ImageFacts probe(std::span<const std::uint8_t> bytes);

/// Decodes one picture after another. One per thread: it keeps scratch memory.
///
/// Pixels equal Pillow's for JPEG (accurate integer IDCT, smooth chroma
/// upsampling; CMYK inverted as Adobe stores it) and for PNG of up to 8 bits.
/// 16 bits a sample become 8 by (v * 255 + 32767) / 65535. Palettes are
/// expanded, alpha is dropped, colour profiles and gamma are ignored. EXIF
/// orientation is applied.
class Decoder {
 public:
  explicit Decoder(const DecodeOptions& options = {}) : options_(options) {}

  /// `out` keeps its allocation between calls; its content is undefined after a
  /// throw. Throws BadData whose text names no file: the caller knows which one
  /// it is.
  ImageFacts decode(std::span<const std::uint8_t> bytes, Image& out);

  /// The same for what is `needed` of a picture of which `segments` (see
  /// serialise_segments) says where its pieces are; `out` has the picture's
  /// size and is unspecified elsewhere. Decodes all where it can't do with
  /// less.
  void decode_needed(
      std::span<const std::uint8_t> bytes,
      std::span<const std::uint8_t> segments,
      const NeededWindow& needed,
      Image& out);

  const DecodeOptions& options() const { return options_; }

 private:
  DecodeOptions options_;
  Image turned_;
  std::vector<std::uint8_t> smaller_;
};

}  // namespace convoy
