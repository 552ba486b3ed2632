#include <fmt/format.h>

#include <cstdio>  // jpeglib.h needs it

#include <jpeglib.h>

#include "data/image/version.h"

namespace convoy {

std::string libjpeg_turbo_version() {
  constexpr int kVersion = LIBJPEG_TURBO_VERSION_NUMBER;  // 2001005 is 2.1.5
  return fmt::format(
      "{}.{}.{}", kVersion / 1000000, kVersion / 1000 % 1000, kVersion % 1000);
}

}  // namespace convoy
