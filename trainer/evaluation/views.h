#pragma once
// Test-time augmentation: a sample is looked at in several views, whose
// probabilities are averaged.

#include <ATen/core/Tensor.h>

#include <array>
#include <functional>
#include <memory>
#include <string_view>

#include "data/loader/transform.h"

namespace convoy {

/// `flip`: the picture and its mirror image. `ten_crop`: the four corners and
/// the centre of the resized picture, each with its mirror image (Krizhevsky et
/// al., 2012).
enum class Tta { none, flip, ten_crop };
constexpr std::array<std::string_view, 3> names(Tta) {
  return {"none", "flip", "ten_crop"};
}

struct Views {
  std::int64_t crops = 1;  ///< one below the other in a sample's input
  bool mirrored = false;   ///< each crop is looked at from behind, too

  std::int64_t count() const { return mirrored ? 2 * crops : crops; }
};

Views views_of(Tta tta);

/// Writes the views' crops of a sample one behind the other: together a picture
/// of crops * crop_px rows, channels-last. With one crop it is
/// evaluation_transform().
MakeTransform views_transform(
    Tta tta,
    const EvalOptions& options,
    PixelStyle style,
    const std::shared_ptr<const Normalization>& normalization);

/// From images to scores, [N, C, H, W] to [N, classes].
using Forward = std::function<at::Tensor(const at::Tensor&)>;

/// The logarithm of each class's probability, averaged over the views with
/// equal weights: images [N, C, crops * H, W] to float [N, classes], on the
/// images' device. Each view is a forward pass of N samples.
at::Tensor log_probabilities(
    const Forward& forward, const at::Tensor& images, const Views& views);

}  // namespace convoy
