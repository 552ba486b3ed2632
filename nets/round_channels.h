#pragma once
// Channel counts of networks that are scaled in width.

#include <algorithm>

namespace convoy {

/// The multiple of 8 nearest to `channels`: at least 8, and the next higher one
/// where it would lose more than a tenth (the rule of the MobileNets and
/// EfficientNets).
constexpr int round_channels(double channels) {
  const int nearest = std::max(8, static_cast<int>(channels + 4) / 8 * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}

}  // namespace convoy
