#include "data/image/jpeg/sink.h"

namespace convoy {
namespace {

JpegSink& sink_of(j_compress_ptr jpeg) {
  return *reinterpret_cast<JpegSink*>(jpeg->dest);
}

void start_buffer(j_compress_ptr jpeg) {
  JpegSink& sink = sink_of(jpeg);
  sink.base.next_output_byte = sink.buffer.data();
  sink.base.free_in_buffer = sink.buffer.size();
}

// An exception must not cross libjpeg.
void append(j_compress_ptr jpeg, std::size_t count) {
  JpegSink& sink = sink_of(jpeg);
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
  JpegSink& sink = sink_of(jpeg);
  append(jpeg, sink.buffer.size() - sink.base.free_in_buffer);
}

}  // namespace

JpegSink::JpegSink(std::vector<std::uint8_t>& out) : bytes(&out) {
  base.init_destination = start_buffer;
  base.empty_output_buffer = take_full_buffer;
  base.term_destination = take_last_buffer;
}

}  // namespace convoy
