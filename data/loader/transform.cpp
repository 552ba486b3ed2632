#include "data/loader/transform.h"

#include <utility>

#include "data/augment/apply.h"
#include "data/errors.h"
#include "data/loader/extended_transform.h"

namespace convoy {

namespace {

PictureSize size_of(const Sample& sample) {
  if (sample.is_floats) {
    return {sample.floats.height, sample.floats.width};
  }
  return {sample.image.height, sample.image.width};
}

/// `plan(size, ref)` and its execution.
template <class Plan>
MakeTransform make(
    Plan plan, std::shared_ptr<const Normalization> normalization) {
  return [plan, normalization = std::move(normalization)]() -> Transform {
    // std::function copies what it holds, an Augmenter can't be copied.
    const auto augmenter = std::make_shared<Augmenter>(*normalization);
    const auto needed = [plan](const PictureSize& size, const SampleRef& ref) {
      try {
        return picture_window(plan(size, ref), size);
      } catch (const BadData&) {
        return Window{0, 0, size.width, size.height};  // run() will say it
      }
    };
    const auto run =
        [plan, normalization, augmenter](
            const Sample& sample, const SampleRef& ref, float* out) {
          const AugmentPlan decided = plan(size_of(sample), ref);
          if (sample.is_floats) {
            augmenter->apply(decided, sample.floats, out);
          } else {
            augmenter->apply(decided, sample.image, out);
          }
        };
    return {run, needed};
  };
}

}  // namespace

MakeTransform training_transform(
    const AugmentOptions& options,
    std::uint64_t seed,
    std::shared_ptr<const Normalization> normalization,
    std::vector<Augmentation> own) {
  std::erase_if(own, [](const Augmentation& a) { return a.probability == 0; });
  const int channels = normalization->channels;
  MakeTransform built_in = make(
      [options, seed](const PictureSize& size, const SampleRef& ref) {
        return draw_plan(options, {seed, ref.epoch, ref.id()}, size);
      },
      std::move(normalization));
  return own.empty() ? built_in
                     : extended_transform(
                           std::move(built_in),
                           {std::move(own), seed, options.crop_px, channels});
}

MakeTransform evaluation_transform(
    const EvalOptions& options,
    PixelStyle style,
    std::shared_ptr<const Normalization> normalization) {
  return make(
      [options, style](const PictureSize& size, const SampleRef&) {
        return evaluation_plan(options, style, size);
      },
      std::move(normalization));
}

}  // namespace convoy
