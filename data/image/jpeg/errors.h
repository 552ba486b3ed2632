#pragma once
// libjpeg's errors and warnings without its habit of printing and exiting.

#include <cstdio>

#include <jpeglib.h>

#include "data/image/escape.h"

namespace convoy {

/// What libjpeg reports to. Errors leave by `escape`; warnings that speak of
/// damaged data are counted, or leave as errors when `strict`.
struct JpegErrors {
  jpeg_error_mgr base{};  ///< first: libjpeg hands it back to our functions
  Escape escape;
  bool strict = false;
  int damages = 0;

  explicit JpegErrors(bool strict_reading);
};

}  // namespace convoy
