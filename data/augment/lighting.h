#pragma once
// Lighting noise, "fancy PCA" of Krizhevsky et al. (2012): every pixel of a
// picture is moved by one vector along the principal axes of the colours of
// ImageNet.

#include <array>
#include <vector>

#include "data/augment/normalize.h"
#include "data/augment/random.h"

namespace convoy {

/// What is added to red, green and blue, in units of the full range 0..1, when
/// axis i is followed by amounts[i] of its spread.
std::array<double, 3> lighting_shift(const std::array<double, 3>& amounts);

/// Of three normal amounts of the deviation `stddev`.
std::array<double, 3> draw_lighting(double stddev, const DrawKey& key);

/// Has normalisation add the shift to each value: by subtracting less, which
/// costs nothing and comes after colours were clamped. `offset` is in the
/// output's channel order, `mean` too: its values for a crop, or none. Throws
/// BadData when the network takes gray.
void add_lighting(
    const std::array<double, 3>& shift,
    const Normalization& normalization,
    std::array<float, 3>& offset,
    std::vector<float>& mean);

}  // namespace convoy
