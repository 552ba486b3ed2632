// Pixels to JPEG bytes with libjpeg-turbo.

#include "data/image/encode.h"
#include "data/image/jpeg/errors.h"
#include "data/image/jpeg/sink.h"

namespace convoy {
namespace {

class JpegWriter {
 public:
  explicit JpegWriter(std::vector<std::uint8_t>& out)
      : errors_(false), sink_(out) {
    jpeg_.err = &errors_.base;
    guarded(errors_.escape, [&] { jpeg_create_compress(&jpeg_); });
    jpeg_.dest = &sink_.base;
  }
  ~JpegWriter() { jpeg_destroy_compress(&jpeg_); }
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;

  void write(const Image& image, const JpegOptions& options) {
    guarded(errors_.escape, [&] {
      describe(image, options);
      jpeg_start_compress(&jpeg_, TRUE);
      while (jpeg_.next_scanline < jpeg_.image_height) {
        // libjpeg only reads through this pointer.
        auto* row = const_cast<JSAMPROW>(
            image.row(static_cast<int>(jpeg_.next_scanline)));
        jpeg_write_scanlines(&jpeg_, &row, 1);
      }
      jpeg_finish_compress(&jpeg_);
    });
  }

 private:
  void describe(const Image& image, const JpegOptions& options) {
    jpeg_.image_height = static_cast<JDIMENSION>(image.height);
    jpeg_.image_width = static_cast<JDIMENSION>(image.width);
    jpeg_.input_components = image.channels;
    jpeg_.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg_);
    jpeg_set_quality(&jpeg_, options.quality, TRUE);
    jpeg_.optimize_coding = options.optimise ? TRUE : FALSE;
    if (options.progressive) {
      jpeg_simple_progression(&jpeg_);
    }
    const int luma = options.chroma == Chroma::half_420 ? 2 : 1;
    if (image.channels == 3) {
      jpeg_.comp_info[0].h_samp_factor = luma;
      jpeg_.comp_info[0].v_samp_factor = luma;
    }
  }

  JpegErrors errors_;
  JpegSink sink_;
  jpeg_compress_struct jpeg_{};
};

}  // namespace

void encode_jpeg(
    const Image& image,
    const JpegOptions& options,
    std::vector<std::uint8_t>& out) {
  out.clear();
  JpegWriter(out).write(image, options);
}

}  // namespace convoy
