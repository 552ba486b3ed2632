// The bands of train, val and test.

#include "data/render/bands.h"

#include <cmath>

namespace convoy {
namespace {

struct Band {
  double begin, width;
};

Band band_of(Split split) {
  switch (split) {
    case Split::train:
      return {0.02, 0.46};
    case Split::val:
      return {0.52, 0.21};
    case Split::test:
      break;
  }
  return {0.77, 0.21};
}

}  // namespace

double banded(double u, Split split) {
  const Band band = band_of(split);
  const double scaled = u * kBandCells;
  const double cell = std::floor(scaled);
  double within = band.begin + band.width * (scaled - cell);
  if (static_cast<int>(cell) % 2 == 1) {
    within = 1.0 - within;
  }
  return (cell + within) / kBandCells;
}

}  // namespace convoy
