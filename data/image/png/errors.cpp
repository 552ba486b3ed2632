#include "data/image/png/errors.h"

#include <array>
#include <cstdio>

namespace convoy {

void leave_png(png_structp png, png_const_charp message) {
  auto& escape = *static_cast<Escape*>(png_get_error_ptr(png));
  std::array<char, 300> sentence;
  std::snprintf(
      sentence.data(),
      sentence.size(),
      "it is no PNG that can be used (libpng says: %s); copy or save it again",
      message);
  escape.say(sentence.data());
  escape.leave();
}

void ignore_png_warning(png_structp, png_const_charp) {}

}  // namespace convoy
