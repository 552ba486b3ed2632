#include "trainer/evaluation/views.h"

#include <ATen/ops/flip.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/stack.h>

#include <cmath>
#include <vector>

#include "data/augment/apply.h"

namespace convoy {
namespace {

/// The corners from the upper left one on, then the centre.
std::vector<Window> five_windows(const ResizePlan& centre) {
  const Window& middle = centre.window;
  const int right = centre.width - middle.width;
  const int bottom = centre.height - middle.height;
  std::vector<Window> windows(5, middle);
  for (int corner = 0; corner < 4; ++corner) {
    windows[corner].x = corner % 2 == 0 ? 0 : right;
    windows[corner].y = corner < 2 ? 0 : bottom;
  }
  return windows;
}

PictureSize stored_size(const Sample& sample) {
  return sample.is_floats
             ? PictureSize{sample.floats.height, sample.floats.width}
             : PictureSize{sample.image.height, sample.image.width};
}

void write_five_crops(
    const AugmentPlan& centre,
    const Sample& sample,
    Augmenter& augmenter,
    float* out) {
  AugmentPlan plan = centre;
  const std::size_t values =
      static_cast<std::size_t>(
          sample.is_floats ? sample.floats.channels : sample.image.channels) *
      plan.geometry.window.width * plan.geometry.window.height;
  for (const Window& window : five_windows(centre.geometry)) {
    plan.geometry.window = window;
    if (sample.is_floats) {
      augmenter.apply(plan, sample.floats, out);
    } else {
      augmenter.apply(plan, sample.image, out);
    }
    out += values;
  }
}

}  // namespace

Views views_of(Tta tta) {
  return {tta == Tta::ten_crop ? 5 : 1, tta != Tta::none};
}

MakeTransform views_transform(
    Tta tta,
    const EvalOptions& options,
    PixelStyle style,
    const std::shared_ptr<const Normalization>& normalization) {
  if (tta != Tta::ten_crop) {
    return evaluation_transform(options, style, normalization);
  }
  return [options, style, normalization]() -> Transform {
    // std::function copies what it holds, an Augmenter can't be copied.
    const auto augmenter = std::make_shared<Augmenter>(*normalization);
    return [options, style, normalization, augmenter](
               const Sample& sample, const SampleRef&, float* out) {
      write_five_crops(
          evaluation_plan(options, style, stored_size(sample)),
          sample,
          *augmenter,
          out);
    };
  };
}

at::Tensor log_probabilities(
    const Forward& forward, const at::Tensor& images, const Views& views) {
  const std::int64_t height = images.size(2) / views.crops;
  std::vector<at::Tensor> of_views;
  const auto look_at = [&](const at::Tensor& view) {
    const at::Tensor scores =
        forward(view.contiguous(at::MemoryFormat::ChannelsLast));
    of_views.push_back(at::log_softmax(scores.to(at::kFloat), 1));
  };
  for (std::int64_t crop = 0; crop < views.crops; ++crop) {
    const at::Tensor view = images.narrow(2, crop * height, height);
    look_at(view);
    if (views.mirrored) {
      look_at(view.flip({3}));
    }
  }
  if (of_views.size() == 1) {
    return of_views[0];
  }
  return at::logsumexp(at::stack(of_views), {0}) -
         std::log(static_cast<double>(views.count()));
}

}  // namespace convoy
