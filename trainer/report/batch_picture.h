#pragma once
// What a network is shown, made visible again.

#include <ATen/core/Tensor.h>

#include "data/augment/normalize.h"
#include "data/image/image.h"

namespace convoy {

/// The first samples of a batch, 16 at most, side by side in a square as far as
/// they fill it, two black pixels between them. Normalisation is undone: what
/// augmentation did stays to be seen. A mean file is added back as its average
/// colour, since where a sample was cut out of it is not known here. `images`:
/// float [N, channels, H, W] with N at least 1, on any device.
Image batch_picture(
    const at::Tensor& images, const Normalization& normalization);

}  // namespace convoy
