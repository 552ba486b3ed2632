#pragma once
// Which part of the unit interval belongs to which split, so that splits share
// no value.

#include "data/render/render.h"

namespace convoy {

/// [0, 1) is cut into this many cells. In each, train owns 2 to 48 %, val 52 to
/// 73 % and test 77 to 98 %, mirrored in odd cells so that all three have the
/// same mean; the rest is nobody's. So each split covers the whole range evenly
/// to within a cell, and a value drawn for one split can never be drawn for
/// another, whatever the seed.
inline constexpr int kBandCells = 32;

/// Where `u` of [0, 1) lands in the part of [0, 1) that belongs to `split`.
/// Monotonic within a cell; even u gives values even over the split's part.
double banded(double u, Split split);

}  // namespace convoy
