#include <png.h>

#include "data/image/version.h"

namespace convoy {

std::string libpng_version() {
  return png_get_libpng_ver(nullptr);
}

}  // namespace convoy
