#pragma once
// Brightness, contrast, saturation and hue as one matrix.

#include <array>

#include "data/augment/draw.h"

namespace convoy {

/// Rows: output channels. Columns: red, green, blue, constant. Values are
/// 0..255.
using ColourMatrix = std::array<std::array<double, 4>, 3>;

/// The plan's factors in the order brightness, contrast, saturation, hue. Each
/// of the first three is torchvision's function of that name without its
/// rounding and clamping in between; contrast is about the mean gray of the
/// picture (`mean`: its mean red, green, blue) after brightness. Hue turns
/// colours about the gray axis of the RGB cube, which keeps the sum of the
/// channels where HSV would keep the largest.
ColourMatrix colour_matrix(
    const AugmentPlan& plan, const std::array<double, 3>& mean);

/// The same for one channel: value * [0] + [1].
std::array<double, 2> gray_line(const AugmentPlan& plan, double mean);

}  // namespace convoy
