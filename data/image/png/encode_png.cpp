// Pixels to PNG bytes with libpng.

#include <new>

#include "data/image/encode.h"
#include "data/image/png/errors.h"

namespace convoy {
namespace {

void append(png_structp png, png_bytep bytes, std::size_t count) {
  auto& out = *static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(png));
  try {  // an exception must not cross libpng
    out.insert(out.end(), bytes, bytes + count);
    return;
  } catch (...) {
  }
  png_error(png, "there is no memory left for the PNG");
}

void flush_nothing(png_structp) {}

class PngWriter {
 public:
  explicit PngWriter(std::vector<std::uint8_t>& out) {
    guarded(escape_, [&] {
      png_ = png_create_write_struct(
          PNG_LIBPNG_VER_STRING, &escape_, leave_png, ignore_png_warning);
      info_ = png_ ? png_create_info_struct(png_) : nullptr;
    });
    if (!info_) {
      png_destroy_write_struct(&png_, &info_);
      throw std::bad_alloc();
    }
    png_set_write_fn(png_, &out, append, flush_nothing);
  }
  ~PngWriter() { png_destroy_write_struct(&png_, &info_); }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;

  void write(const Image& image, int level) {
    guarded(escape_, [&] {
      png_set_IHDR(
          png_,
          info_,
          static_cast<png_uint_32>(image.width),
          static_cast<png_uint_32>(image.height),
          8,
          image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
          PNG_INTERLACE_NONE,
          PNG_COMPRESSION_TYPE_DEFAULT,
          PNG_FILTER_TYPE_DEFAULT);
      png_set_compression_level(png_, level);
      png_write_info(png_, info_);
      for (int y = 0; y < image.height; ++y) {
        png_write_row(png_, image.row(y));
      }
      png_write_end(png_, nullptr);
    });
  }

 private:
  Escape escape_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

void encode_png(const Image& image, int level, std::vector<std::uint8_t>& out) {
  out.clear();
  PngWriter(out).write(image, level);
}

}  // namespace convoy
