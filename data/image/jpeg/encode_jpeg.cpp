// Pixels to JPEG bytes with libjpeg-turbo.

#include <array>

#include "data/image/encode.h"
#include "data/image/jpeg/errors.h"

namespace convoy {
namespace {

// Hands libjpeg one buffer after another, and collects them.
struct Sink {
  jpeg_destination_mgr base{};  // first: libjpeg hands it back to our functions
  std::vector<std::uint8_t>* bytes = nullptr;
  std::array<std::uint8_t, 1 << 14> buffer;
};

Sink& sink_of(j_compress_ptr jpeg) {
  return *reinterpret_cast<Sink*>(jpeg->dest);
}

void start_buffer(j_compress_ptr jpeg) {
  Sink& sink = sink_of(jpeg);
  sink.base.next_output_byte = sink.buffer.data();
  sink.base.free_in_buffer = sink.buffer.size();
}

// An exception must not cross libjpeg.
void append(j_compress_ptr jpeg, std::size_t count) {
  Sink& sink = sink_of(jpeg);
  try {
    sink.bytes->insert(
        sink.bytes->end(), sink.buffer.data(), sink.buffer.data() + count);
    return;
  } catch (...) {
  }
  auto& errors = *reinterpret_cast<JpegErrors*>(jpeg->err);
  errors.escape.say("there is no memory left for the JPEG");
  errors.escape.leave();
}

boolean take_full_buffer(j_compress_ptr jpeg) {
  append(jpeg, sink_of(jpeg).buffer.size());
  start_buffer(jpeg);
  return TRUE;
}

void take_last_buffer(j_compress_ptr jpeg) {
  Sink& sink = sink_of(jpeg);
  append(jpeg, sink.buffer.size() - sink.base.free_in_buffer);
}

class JpegWriter {
 public:
  explicit JpegWriter(std::vector<std::uint8_t>& out) : errors_(false) {
    jpeg_.err = &errors_.base;
    guarded(errors_.escape, [&] { jpeg_create_compress(&jpeg_); });
    sink_.bytes = &out;
    sink_.base.init_destination = start_buffer;
    sink_.base.empty_output_buffer = take_full_buffer;
    sink_.base.term_destination = take_last_buffer;
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
  Sink sink_;
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
