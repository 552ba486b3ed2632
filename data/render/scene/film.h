#pragma once
// The picture while it is light, before it is bytes.

#include <vector>

#include "data/render/vec.h"

namespace convoy {

/// side x side pixels of linear light, rows from the top.
struct Film {
  int side = 0;
  std::vector<Rgb> pixels;

  explicit Film(int new_side)
      : side(new_side), pixels(static_cast<std::size_t>(new_side) * new_side) {}
  Rgb* row(int y) { return pixels.data() + static_cast<std::size_t>(y) * side; }
  const Rgb* row(int y) const {
    return pixels.data() + static_cast<std::size_t>(y) * side;
  }
};

}  // namespace convoy
