#pragma once
// What a loader does with a sample: augmentation for training, the fixed
// transform for evaluation.

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "data/augment/augmentation.h"
#include "data/augment/normalize.h"
#include "data/loader/batches.h"
#include "data/loader/dataset.h"
#include "data/options.h"

namespace convoy {

/// Writes one sample's network input. Used by one thread: it keeps scratch
/// memory.
class Transform {
 public:
  using Run = std::function<void(const Sample&, const SampleRef&, float* out)>;
  /// What of a picture of a size run() looks at.
  using Needed = std::function<Window(const PictureSize&, const SampleRef&)>;

  /// Looks at all of a picture.
  template <class Function>
  Transform(Function run) : run_(std::move(run)) {}
  Transform(Run run, Needed needed)
      : run_(std::move(run)), needed_(std::move(needed)) {}

  void operator()(
      const Sample& sample, const SampleRef& ref, float* out) const {
    run_(sample, ref, out);
  }

  Window needed(const PictureSize& size, const SampleRef& ref) const {
    return needed_ ? needed_(size, ref) : Window{0, 0, size.width, size.height};
  }

 private:
  Run run_;
  Needed needed_;
};

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
