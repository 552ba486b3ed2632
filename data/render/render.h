#pragma once
// The built-in picture set: 4 vehicle types seen from 25 sides each, 100
// classes, drawn by this folder's own renderer. A picture is a pure function of
// options and key.

#include <cstdint>
#include <string>
#include <vector>

#include "data/image/image.h"
#include "data/split.h"

namespace convoy {

struct RenderOptions {
  int size_px = 96;        ///< side of the square picture, 32 to 512
  std::uint64_t seed = 1;  ///< another seed is another set
};

/// One picture of the set. Splits follow the same distribution, but no value
/// drawn for one (paint, background, camera, light, ...) can be drawn for
/// another: see data/render/draw.h.
struct RenderKey {
  Split split = Split::train;
  int class_id = 0;         ///< index into render_class_names()
  std::int64_t sample = 0;  ///< 0 to 2^40 - 1; any number of pictures a class
};

/// The 100 class names, sorted; a class id is the index. `sedan_az045_el30`: a
/// sedan, camera 45 degrees round it and 30 degrees up; `sedan_top`: from
/// straight above, its front at the picture's lower edge.
///
/// The azimuth is where the camera stands, counter-clockwise seen from above:
/// 000 in front of the vehicle, 090 at its left, 180 behind it, 270 at its
/// right. A horizontal flip of a picture therefore shows another class (az045
/// becomes az315): training on this set must not flip.
std::vector<std::string> render_class_names();

/// Draws one picture into `out`: size_px x size_px, RGB. The same bytes
/// whatever the thread, the order of calls or what `out` held. Thread-safe.
/// Throws std::invalid_argument for a size, class id, split or sample out of
/// range.
void render_vehicle(
    const RenderOptions& options, const RenderKey& key, Image& out);

}  // namespace convoy
