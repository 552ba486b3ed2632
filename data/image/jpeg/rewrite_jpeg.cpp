#include "data/image/jpeg/rewrite_jpeg.h"

#include "data/image/jpeg/errors.h"
#include "data/image/jpeg/sink.h"
#include "data/image/orientation.h"

namespace convoy {
namespace {

/// Half of that saves no more work, and costs more bytes than Huffman tables
/// of its own save.
constexpr int kLeastSegmentPixels = 48;

constexpr int kExif = JPEG_APP0 + 1;

/// MCUs of a segment: a part of a row that divides it.
int interval_of(int mcus_in_row, int mcu_width) {
  for (int interval = 1; interval < mcus_in_row; ++interval) {
    if (mcus_in_row % interval == 0 &&
        interval * mcu_width >= kLeastSegmentPixels) {
      return interval;
    }
  }
  return mcus_in_row;
}

class Rewriter {
 public:
  Rewriter(const DecodeLimits& limits, std::vector<std::uint8_t>& out)
      : errors_(true), sink_(out) {
    in_.err = &errors_.base;
    out_.err = &errors_.base;
    guarded(errors_.escape, [&] {
      jpeg_create_decompress(&in_);
      jpeg_create_compress(&out_);
    });
    in_.mem->max_memory_to_use = static_cast<long>(limits.max_memory_bytes);
    out_.dest = &sink_.base;
  }
  ~Rewriter() {
    jpeg_destroy_compress(&out_);
    jpeg_destroy_decompress(&in_);
  }
  Rewriter(const Rewriter&) = delete;
  Rewriter& operator=(const Rewriter&) = delete;

  bool read_header(std::span<const std::uint8_t> bytes) {
    guarded(errors_.escape, [&] {
      jpeg_mem_src(&in_, bytes.data(), bytes.size());
      if (jpeg_orientation(bytes) != 1) {
        jpeg_save_markers(&in_, kExif, 0xFFFF);
      }
      jpeg_read_header(&in_, TRUE);
    });
    return !in_.progressive_mode && !in_.arith_code &&
           in_.data_precision == 8 &&
           (in_.num_components == 1 || in_.num_components == 3) &&
           in_.comps_in_scan == in_.num_components;
  }

  /// Returns the segments in a row of MCUs.
  int write() {
    int columns = 1;
    guarded(errors_.escape, [&] {
      jvirt_barray_ptr* coefficients = jpeg_read_coefficients(&in_);
      jpeg_copy_critical_parameters(&in_, &out_);
      const int interval = interval_of(mcus_in_row(), mcu_width());
      columns = mcus_in_row() / interval;
      out_.restart_interval = static_cast<unsigned>(interval);
      out_.optimize_coding = TRUE;
      jpeg_write_coefficients(&out_, coefficients);
      copy_markers();
      jpeg_finish_compress(&out_);
      jpeg_finish_decompress(&in_);
    });
    return columns;
  }

 private:
  /// A scan of one channel has MCUs of one block, whatever its factors.
  int mcu_width() const {
    return in_.num_components == 1 ? 8 : 8 * in_.max_h_samp_factor;
  }
  int mcus_in_row() const {
    const int width = static_cast<int>(in_.image_width);
    return (width + mcu_width() - 1) / mcu_width();
  }

  void copy_markers() {
    for (auto* marker = in_.marker_list; marker != nullptr;
         marker = marker->next) {
      jpeg_write_marker(
          &out_, marker->marker, marker->data, marker->data_length);
    }
  }

  JpegErrors errors_;
  JpegSink sink_;
  jpeg_decompress_struct in_{};
  jpeg_compress_struct out_{};
};

/// Behind the header of the scan, of which libjpeg writes one.
std::size_t scan_offset_of(std::span<const std::uint8_t> bytes) {
  std::size_t at = 2;
  for (;;) {
    const bool scan = bytes[at + 1] == 0xDA;
    at += 2 + (static_cast<std::size_t>(bytes[at + 2]) << 8) + bytes[at + 3];
    if (scan) {
      return at;
    }
  }
}

/// Where markers cut the scan, which libjpeg has just written.
std::vector<std::uint32_t> sizes_of(
    std::span<const std::uint8_t> bytes, std::size_t begin) {
  std::vector<std::uint32_t> sizes;
  for (std::size_t at = begin;; ++at) {
    if (bytes[at] != 0xFF || bytes[at + 1] == 0) {
      continue;
    }
    sizes.push_back(static_cast<std::uint32_t>(at - begin));
    if (bytes[at + 1] == 0xD9) {
      return sizes;
    }
    begin = at + 2;
    ++at;
  }
}

}  // namespace

bool rewrite_jpeg(
    std::span<const std::uint8_t> bytes,
    const DecodeLimits& limits,
    std::vector<std::uint8_t>& out,
    JpegSegments& segments) {
  out.clear();
  Rewriter rewriter(limits, out);
  if (!rewriter.read_header(bytes)) {
    return false;
  }
  segments.columns = rewriter.write();
  segments.scan_offset = static_cast<std::uint32_t>(scan_offset_of(out));
  segments.sizes = sizes_of(out, segments.scan_offset);
  return true;
}

}  // namespace convoy
