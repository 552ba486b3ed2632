#include "data/image/jpeg/errors.h"

#include <cstdio>
#include <cstring>

#include <jerror.h>

namespace convoy {
namespace {

JpegErrors& errors_of(j_common_ptr codec) {
  return *reinterpret_cast<JpegErrors*>(codec->err);
}

// libjpeg would keep on disk what goes beyond max_memory_to_use, and can't.
bool speaks_of_memory(int code) {
  return code == JERR_OUT_OF_MEMORY || code == JERR_NO_BACKING_STORE;
}

void leave_with_message(j_common_ptr codec) {
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  JpegErrors& errors = errors_of(codec);
  const char* what = !codec->is_decompressor ? "it can't be written as a JPEG"
                                             : "it can't be decoded as a JPEG";
  const char* remedy = !codec->is_decompressor ? "store it as PNG"
                       : speaks_of_memory(codec->err->msg_code)
                           ? "save it smaller"
                           : "copy or save it again";
  char sentence[JMSG_LENGTH_MAX + 128];
  std::snprintf(
      sentence,
      sizeof sentence,
      "%s (libjpeg says: %s); %s",
      what,
      text,
      remedy);
  errors.escape.say(sentence);
  errors.escape.leave();
}

// Warnings about how a file was labelled say nothing about its pixels.
bool speaks_of_damage(int code) {
  return code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM;
}

void hear_message(j_common_ptr codec, int level) {
  if (level >= 0 || !speaks_of_damage(codec->err->msg_code)) {
    return;
  }
  JpegErrors& errors = errors_of(codec);
  ++errors.damages;
  if (errors.strict) {
    leave_with_message(codec);
  }
}

void print_nothing(j_common_ptr) {}

}  // namespace

JpegErrors::JpegErrors(bool strict_reading) : strict(strict_reading) {
  jpeg_std_error(&base);
  base.error_exit = leave_with_message;
  base.emit_message = hear_message;
  base.output_message = print_nothing;
}

}  // namespace convoy
