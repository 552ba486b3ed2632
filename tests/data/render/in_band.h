#pragma once
// Whether a value of [0, 1) lies in the part that belongs to a split, written
// from the documented numbers and not from the code under test.

#include <cmath>

#include "data/render/render.h"

namespace convoy {

inline bool in_band(double value, Split split, double tolerance = 1e-4) {
  const double scaled = value * 32;
  const double cell = std::floor(scaled);
  double within = scaled - cell;
  if (static_cast<int>(cell) % 2 != 0) {
    within = 1 - within;
  }
  const double begin = split == Split::train ? 0.02
                       : split == Split::val ? 0.52
                                             : 0.77;
  const double end = split == Split::train ? 0.48
                     : split == Split::val ? 0.73
                                           : 0.98;
  return within > begin - tolerance && within < end + tolerance;
}

}  // namespace convoy
