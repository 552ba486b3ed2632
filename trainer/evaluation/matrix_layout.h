#pragma once
// Sizes and colours of a confusion matrix's picture.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "trainer/evaluation/confusion.h"

namespace convoy {

/// Longer class names are cut.
constexpr std::size_t kMostNameLetters = 28;

/// In pixels.
struct MatrixLayout {
  double cell = 0;
  double font = 0;  ///< of class names; 0: they are left out
  bool counts = false;
  double left = 0;  ///< of the matrix; names stand before it
  double top = 0;

  double at(std::int64_t index) const {
    return cell * static_cast<double>(index);
  }
};

/// Up to 1,000 classes a matrix stays within some 2,000 pixels; up to 200 there
/// is room for names, up to 30 for counts.
MatrixLayout matrix_layout(
    const ConfusionMatrix& matrix, const std::vector<std::string>& names);

/// Red, green and blue, 0..255.
using Rgb = std::array<double, 3>;

constexpr Rgb kHitColour{8, 69, 148};
constexpr Rgb kErrorColour{165, 15, 21};
constexpr Rgb kUnsureColour{70, 70, 70};

/// "#084594": from white at 0 to the darkest at 1. It follows the root of the
/// share, which lifts small ones into view.
std::string share_colour(double share, const Rgb& darkest);

}  // namespace convoy
