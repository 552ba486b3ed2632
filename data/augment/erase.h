#pragma once
// Random erasing (Zhong et al., "Random erasing data augmentation", 2017) with
// torchvision's parameters: a box of a finished picture is overwritten.

#include <cstdint>

#include "data/augment/random.h"
#include "data/image/resize.h"
#include "data/options.h"

namespace convoy {

/// The box of a picture of side x side pixels; empty when nothing is to be
/// erased, or when ten tries gave no box smaller than the picture.
Window draw_erased_box(
    const EraseOptions& options, const DrawKey& key, int side);

/// What overwrites it.
struct Filling {
  EraseFill fill = EraseFill::mean;
  std::uint64_t key = 0;  ///< of random numbers
};

/// `image`: rows of `width` pixels of `channels` normalised floats, which hold
/// the box. The same bits with any `simd`.
void erase_box(
    const Window& box,
    const Filling& filling,
    int width,
    int channels,
    float* image,
    Simd simd = best_simd());

}  // namespace convoy
