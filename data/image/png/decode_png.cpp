#include "data/image/png/decode_png.h"

#include <cstring>
#include <new>

#include "data/image/colour.h"
#include "data/image/limits.h"
#include "data/image/orientation.h"
#include "data/image/png/errors.h"

namespace convoy {
namespace {

// What is left of the bytes; libpng reads through it.
struct PngSource {
  std::span<const std::uint8_t> rest;
};

void read_from_source(png_structp png, png_bytep to, std::size_t count) {
  auto& source = *static_cast<PngSource*>(png_get_io_ptr(png));
  if (count > source.rest.size()) {
    png_error(png, "the file ends too early");
  }
  std::memcpy(to, source.rest.data(), count);
  source.rest = source.rest.subspan(count);
}

class PngReader {
 public:
  PngReader(std::span<const std::uint8_t> bytes, const DecodeOptions& options)
      : bytes_(bytes), options_(options), source_{bytes} {
    guarded(escape_, [&] {
      png_ = png_create_read_struct(
          PNG_LIBPNG_VER_STRING, &escape_, leave_png, ignore_png_warning);
      info_ = png_ ? png_create_info_struct(png_) : nullptr;
    });
    if (!info_) {
      png_destroy_read_struct(&png_, &info_, nullptr);
      throw std::bad_alloc();
    }
    png_set_read_fn(png_, &source_, read_from_source);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  ImageFacts read_header() {
    guarded(escape_, [&] {
      // Texts and profiles may unpack to megabytes and change no pixel.
      png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
      png_read_info(png_, info_);
    });
    ImageFacts facts;
    facts.format = ImageFormat::png;
    facts.height = static_cast<int>(png_get_image_height(png_, info_));
    facts.width = static_cast<int>(png_get_image_width(png_, info_));
    facts.channels = png_get_channels(png_, info_);
    facts.bits = png_get_bit_depth(png_, info_);
    const int type = png_get_color_type(png_, info_);
    facts.palette = type == PNG_COLOR_TYPE_PALETTE;
    facts.alpha = (type & PNG_COLOR_MASK_ALPHA) != 0;
    facts.orientation = png_orientation(bytes_);
    return facts;
  }

  // All pixels, 8 bits, in `channels` channels: 3, or 1 for a file without
  // colour.
  void read_pixels(int channels, Image& out) {
    const png_uint_32 height = png_get_image_height(png_, info_);
    const png_uint_32 width = png_get_image_width(png_, info_);
    check_pixels(height, width, options_.limits);
    out.resize(static_cast<int>(height), static_cast<int>(width), channels);
    guarded(escape_, [&] {
      const int passes = convert_while_reading(channels);
      check_row_size(out);
      for (int pass = 0; pass < passes; ++pass) {
        for (int y = 0; y < out.height; ++y) {
          png_read_row(png_, out.row(y), nullptr);
        }
      }
      if (options_.strict) {
        png_read_end(png_, nullptr);
      }
    });
  }

 private:
  // Returns how often the rows are read: seven times for an interlaced file.
  int convert_while_reading(int channels) {
    png_set_scale_16(png_);
    png_set_palette_to_rgb(png_);
    png_set_expand_gray_1_2_4_to_8(png_);
    png_set_strip_alpha(png_);
    if (channels == 3) {
      png_set_gray_to_rgb(png_);
    }
    const int passes = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return passes;
  }

  // The row that libpng is about to write is the row that was allocated.
  void check_row_size(const Image& out) {
    if (png_get_rowbytes(png_, info_) !=
        static_cast<std::size_t>(out.width) * out.channels) {
      png_error(png_, "its rows have an unexpected size");
    }
  }

  std::span<const std::uint8_t> bytes_;
  const DecodeOptions& options_;
  PngSource source_;
  Escape escape_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

ImageFacts decode_png(
    std::span<const std::uint8_t> bytes,
    const DecodeOptions& options,
    Image& out) {
  PngReader reader(bytes, options);
  const ImageFacts facts = reader.read_header();
  const bool stored_gray = facts.channels <= 2 && !facts.palette;
  const bool stay_gray = stored_gray && options.colour != Colour::rgb;
  reader.read_pixels(stay_gray ? 1 : 3, out);
  if (options.colour == Colour::gray) {
    to_gray(out);
  }
  return facts;
}

ImageFacts probe_png(std::span<const std::uint8_t> bytes) {
  const DecodeOptions options;
  return PngReader(bytes, options).read_header();
}

}  // namespace convoy
