#include "data/image/jpeg/reader.h"

#include <algorithm>
#include <array>
#include <vector>

#include "data/image/colour.h"
#include "data/image/limits.h"
#include "data/image/orientation.h"

namespace convoy {
namespace {

void check_scans(j_common_ptr codec) {
  const auto* limit = reinterpret_cast<JpegScanLimit*>(codec->progress);
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

int blocks(JDIMENSION pixels, int of) {
  return (static_cast<int>(pixels) + of - 1) / of;
}

}  // namespace

JpegReader::JpegReader(
    std::span<const std::uint8_t> bytes, const DecodeOptions& options)
    : bytes_(bytes), options_(options), errors_(options.strict) {
  jpeg_.err = &errors_.base;
  limit_.base.progress_monitor = check_scans;
  limit_.max_scans = options.limits.max_scans;
  guarded(errors_.escape, [&] { jpeg_create_decompress(&jpeg_); });
  jpeg_.progress = &limit_.base;
  jpeg_.mem->max_memory_to_use =
      static_cast<long>(options.limits.max_memory_bytes);
}

JpegReader::~JpegReader() {
  jpeg_destroy_decompress(&jpeg_);
}

ImageFacts JpegReader::read_header() {
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
  facts.cmyk =
      jpeg_.jpeg_color_space == JCS_CMYK || jpeg_.jpeg_color_space == JCS_YCCK;
  facts.progressive = jpeg_.progressive_mode != 0;
  return facts;
}

bool JpegReader::is_baseline() const {
  return !jpeg_.progressive_mode && !jpeg_.arith_code &&
         jpeg_.comps_in_scan == jpeg_.num_components;
}

McuGrid JpegReader::grid() const {
  McuGrid grid;
  if (jpeg_.num_components > 1) {  // of one: a block, whatever its factors
    grid.mcu_width *= jpeg_.max_h_samp_factor;
    grid.mcu_height *= jpeg_.max_v_samp_factor;
  }
  grid.columns = blocks(jpeg_.image_width, grid.mcu_width);
  grid.rows = blocks(jpeg_.image_height, grid.mcu_height);
  grid.restart_interval = static_cast<int>(jpeg_.restart_interval);
  return grid;
}

std::size_t JpegReader::scan_offset() const {
  return bytes_.size() - jpeg_.src->bytes_in_buffer;
}

void JpegReader::start(int channels) {
  check_pixels(jpeg_.image_height, jpeg_.image_width, options_.limits);
  jpeg_.out_color_space = jpeg_.num_components == 4 ? JCS_CMYK
                          : channels == 1           ? JCS_GRAYSCALE
                                                    : JCS_RGB;
  guarded(errors_.escape, [&] { jpeg_start_decompress(&jpeg_); });
}

void JpegReader::read_pixels(int channels, Image& out) {
  start(channels);  // first what libjpeg itself needs, which has a limit
  out.resize(
      static_cast<int>(jpeg_.output_height),
      static_cast<int>(jpeg_.output_width),
      channels);
  jpeg_.num_components == 4 ? read_cmyk_rows(out) : read_rows(0, 0, out);
  guarded(errors_.escape, [&] { jpeg_finish_decompress(&jpeg_); });
}

void JpegReader::read_pixels_at(int x, int y, Image& out) {
  start(out.channels);
  read_rows(x, y, out);
  guarded(errors_.escape, [&] { jpeg_finish_decompress(&jpeg_); });
}

void JpegReader::read_rows(int x, int y, Image& out) {
  guarded(errors_.escape, [&] {
    constexpr int kRowsAtOnce = 16;
    std::array<JSAMPROW, kRowsAtOnce> rows;
    const int height = static_cast<int>(jpeg_.output_height);
    while (jpeg_.output_scanline < jpeg_.output_height) {
      const int first = static_cast<int>(jpeg_.output_scanline);
      const int count = std::min(kRowsAtOnce, height - first);
      for (int i = 0; i < count; ++i) {
        rows[i] = out.row(y + first + i) + x * out.channels;
      }
      jpeg_read_scanlines(&jpeg_, rows.data(), count);
    }
  });
}

void JpegReader::read_cmyk_rows(Image& out) {
  std::vector<std::uint8_t> cmyk(static_cast<std::size_t>(out.width) * 4);
  guarded(errors_.escape, [&] {
    JSAMPROW row = cmyk.data();
    for (int y = 0; y < out.height; ++y) {
      jpeg_read_scanlines(&jpeg_, &row, 1);
      inverted_cmyk_to_rgb(row, out.width, out.row(y));
    }
  });
}

}  // namespace convoy
