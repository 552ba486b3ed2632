#pragma once
// The two curved shells of a vehicle: the body up to the window line, given by
// cross-sections along its length, and the cabin above, given by level rings.

#include <vector>

#include "data/render/raster/mesh.h"

namespace convoy {

/// A cross-section of the body at x; the list runs from rear to front.
struct Station {
  float x, floor, top, half_width;
};

struct BodyPaint {
  Material upper = Material::paint;
  Material lower = Material::paint;
};

/// Adds the shell, closed at both ends, open below.
void add_body(
    Mesh& mesh, const std::vector<Station>& stations, const BodyPaint& paint);

/// The outline of the cabin at one level; the list runs upwards. Front and rear
/// panes bow out by `bow` in the middle.
struct Ring {
  float z, front, rear, half_width, bow;
};

/// What fills the side between two posts: from the post at `begin` to `end`, in
/// parts of the cabin's length from the front.
struct SideWindow {
  float begin, end;
};

struct Cabin {
  std::vector<Ring> rings;
  int glass_row = 0;  ///< windows are between ring glass_row and the next
  std::vector<SideWindow> windows;
  bool rear_window = true;
  Material body = Material::paint;
  Material roof = Material::paint;  ///< above the windows
};

/// Adds the cabin, closed on top, open below.
void add_cabin(Mesh& mesh, const Cabin& cabin);

}  // namespace convoy
