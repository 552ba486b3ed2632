#pragma once
// Moving the pixels of an 8-bit picture by an affine map, bit for bit as
// Pillow's Image.transform(size, AFFINE, map, NEAREST) and Image.rotate().

#include "data/image/image.h"

namespace convoy {

/// Where the middle (x, y) of a new pixel comes from:
/// (xx x + xy y + x0, yx x + yy y + y0).
struct Affine {
  double xx = 1;
  double xy = 0;
  double x0 = 0;
  double yx = 0;
  double yy = 1;
  double y0 = 0;
};

/// A rotation about the middle, counter-clockwise to the eye.
Affine rotation_about_middle(double degrees, int height, int width);

/// `out` becomes as large as `in`; what comes from beyond the picture is black.
/// Positions are rounded to 1/65536 pixel. REQUIRES sides below 16384 that the
/// map leaves within 32768 pixels.
void move_pixels(const Image& in, const Affine& source, Image& out);

}  // namespace convoy
