#pragma once
// From pixel values to network input: output = (value - offset) * factor, with
// value in 0..255, per channel or per pixel (Caffe's mean file).

#include <array>
#include <optional>

#include "data/image/mean_image.h"
#include "data/options.h"
#include "data/store/mean_file.h"

namespace convoy {

/// NormalizeOptions worked out for a number of channels.
struct Normalization {
  int channels = 3;
  bool bgr = false;  ///< channel order of the output; pictures are RGB
  /// Per output channel; repeated for gray.
  std::array<float, 3> offset{};
  std::array<float, 3> factor{};
  /// Replaces offset. Its values are interleaved, in the output's channel
  /// order.
  std::optional<MeanImage> mean = std::nullopt;
};

/// torchvision: offset 255 mean, factor 1 / (255 std). caffe: offset mean_value
/// (one, or one a channel in BGR; none is 0) or `mean`, factor scale. For gray
/// input, three values are averaged to one. Throws BadData when the options do
/// not fit the channels or each other.
Normalization normalization(
    const NormalizeOptions& options,
    int channels,
    const std::optional<MeanImage>& mean = std::nullopt);

}  // namespace convoy
