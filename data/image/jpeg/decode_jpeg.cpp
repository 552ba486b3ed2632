#include "data/image/jpeg/decode_jpeg.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "data/image/colour.h"
#include "data/image/jpeg/errors.h"
#include "data/image/limits.h"
#include "data/image/orientation.h"

namespace convoy {
namespace {

// Ends a decode that a file with endless scans would otherwise keep busy.
struct ScanLimit {
  jpeg_progress_mgr base{};  // first: libjpeg hands it back to our function
  int max_scans = 0;
};

void check_scans(j_common_ptr codec) {
  const auto* limit = reinterpret_cast<ScanLimit*>(codec->progress);
  const auto* jpeg = reinterpret_cast<j_decompress_ptr>(codec);
  if (jpeg->input_scan_number > limit->max_scans) {
    auto* errors = reinterpret_cast<JpegErrors*>(codec->err);
    std::array<char, 128> sentence;
    std::snprintf(
        sentence.data(),
        sentence.size(),
        "it has more than the %d scans allowed, as no camera writes: save it "
        "again",
        limit->max_scans);
    errors->escape.say(sentence.data());
    errors->escape.leave();
  }
}

// One decompression. A fresh libjpeg object for each picture costs under a
// microsecond and keeps the tables of one file from being used by the next.
class JpegReader {
 public:
  JpegReader(std::span<const std::uint8_t> bytes, const DecodeOptions& options)
      : bytes_(bytes), options_(options), errors_(options.strict) {
    jpeg_.err = &errors_.base;
    limit_.base.progress_monitor = check_scans;
    limit_.max_scans = options.limits.max_scans;
    guarded(errors_.escape, [&] { jpeg_create_decompress(&jpeg_); });
    jpeg_.progress = &limit_.base;
    jpeg_.mem->max_memory_to_use =
        static_cast<long>(options.limits.max_memory_bytes);
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  ImageFacts read_header() {
    guarded(errors_.escape, [&] {
      jpeg_mem_src(&jpeg_, bytes_.data(), bytes_.size());
      jpeg_read_header(&jpeg_, TRUE);
    });
    ImageFacts facts;
    facts.format = ImageFormat::jpeg;
    facts.height = static_cast<int>(jpeg_.image_height);
    facts.width = static_cast<int>(jpeg_.image_width);
    facts.channels = jpeg_.num_components;
    facts.bits = jpeg_.data_precision;
    facts.orientation = jpeg_orientation(bytes_);
    facts.cmyk = jpeg_.jpeg_color_space == JCS_CMYK ||
                 jpeg_.jpeg_color_space == JCS_YCCK;
    facts.progressive = jpeg_.progressive_mode != 0;
    return facts;
  }

  // All pixels, in `channels` (3 or 1; 3 for CMYK) channels.
  void read_pixels(int channels, Image& out) {
    check_pixels(jpeg_.image_height, jpeg_.image_width, options_.limits);
    const bool cmyk = jpeg_.num_components == 4;
    jpeg_.out_color_space = cmyk            ? JCS_CMYK
                            : channels == 1 ? JCS_GRAYSCALE
                                            : JCS_RGB;
    // First what libjpeg itself needs, which has a limit.
    guarded(errors_.escape, [&] { jpeg_start_decompress(&jpeg_); });
    out.resize(
        static_cast<int>(jpeg_.output_height),
        static_cast<int>(jpeg_.output_width),
        channels);
    cmyk ? read_cmyk_rows(out) : read_rows(out);
    guarded(errors_.escape, [&] { jpeg_finish_decompress(&jpeg_); });
  }

  bool damaged() const { return errors_.damages > 0; }

 private:
  void read_rows(Image& out) {
    guarded(errors_.escape, [&] {
      constexpr int kRowsAtOnce = 16;
      std::array<JSAMPROW, kRowsAtOnce> rows;
      while (jpeg_.output_scanline < jpeg_.output_height) {
        const int first = static_cast<int>(jpeg_.output_scanline);
        const int count = std::min(kRowsAtOnce, out.height - first);
        for (int i = 0; i < count; ++i) {
          rows[i] = out.row(first + i);
        }
        jpeg_read_scanlines(&jpeg_, rows.data(), count);
      }
    });
  }

  void read_cmyk_rows(Image& out) {
    std::vector<std::uint8_t> cmyk(static_cast<std::size_t>(out.width) * 4);
    guarded(errors_.escape, [&] {
      JSAMPROW row = cmyk.data();
      for (int y = 0; y < out.height; ++y) {
        jpeg_read_scanlines(&jpeg_, &row, 1);
        inverted_cmyk_to_rgb(row, out.width, out.row(y));
      }
    });
  }

  std::span<const std::uint8_t> bytes_;
  const DecodeOptions& options_;
  JpegErrors errors_;
  ScanLimit limit_;
  jpeg_decompress_struct jpeg_{};
};

}  // namespace

ImageFacts decode_jpeg(
    std::span<const std::uint8_t> bytes,
    const DecodeOptions& options,
    Image& out) {
  JpegReader reader(bytes, options);
  ImageFacts facts = reader.read_header();
  if (facts.channels != 1 && facts.channels != 3 && facts.channels != 4) {
    throw BadData(fmt::format(
        "it is a JPEG of {} channels; 1, 3 and 4 can be read: save it as RGB",
        facts.channels));
  }
  const bool stay_gray = facts.channels == 1 && options.colour != Colour::rgb;
  reader.read_pixels(stay_gray ? 1 : 3, out);
  facts.damaged = reader.damaged();
  if (options.colour == Colour::gray) {
    to_gray(out);
  }
  return facts;
}

ImageFacts probe_jpeg(std::span<const std::uint8_t> bytes) {
  const DecodeOptions options;
  return JpegReader(bytes, options).read_header();
}

}  // namespace convoy
