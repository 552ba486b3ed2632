#pragma once
// What a loader does with a sample: augmentation for training, the fixed
// transform for evaluation.

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "data/augment/augmentation.h"
#include "data/augment/normalize.h"
#include "data/loader/batches.h"
#include "data/loader/dataset.h"
#include "data/options.h"

namespace convoy {

/// Writes one sample's network input. Used by one thread: it keeps scratch
/// memory.
using Transform =
    std::function<void(const Sample&, const SampleRef&, float* out)>;

/// Makes one for each worker.
using MakeTransform = std::function<Transform()>;

/// crop_px x crop_px x channels floats, channels-last; every draw keyed by
/// (seed, epoch, id). `own`: augmentations beside the built-in ones; those
/// of probability 0 cost nothing.
MakeTransform training_transform(
    const AugmentOptions& options,
    std::uint64_t seed,
    std::shared_ptr<const Normalization> normalization,
    std::vector<Augmentation> own = {});

/// crop_px x crop_px x channels floats, channels-last.
MakeTransform evaluation_transform(
    const EvalOptions& options,
    PixelStyle style,
    std::shared_ptr<const Normalization> normalization);

}  // namespace convoy
