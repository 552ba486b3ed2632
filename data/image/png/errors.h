#pragma once
// libpng's errors by the escape, its warnings (mostly about colour profiles)
// unheard.

#include <png.h>

#include "data/image/escape.h"

namespace convoy {

/// For png_create_read_struct and its twin, with an Escape as error pointer.
[[noreturn]] void leave_png(png_structp png, png_const_charp message);
void ignore_png_warning(png_structp png, png_const_charp message);

}  // namespace convoy
