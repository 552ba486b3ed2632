#include "data/augment/normalize.h"

#include <fmt/format.h>

#include <numeric>

#include "data/errors.h"

namespace convoy {

namespace {

/// One value for each of three channels.
std::array<double, 3> per_channel(
    const std::vector<double>& values, int channels, const char* name) {
  if (values.size() == 1) {
    return {values[0], values[0], values[0]};
  }
  if (values.size() != 3) {
    throw BadData(fmt::format(
        "normalize.{} has {} values: give one, or three", name, values.size()));
  }
  if (channels == 1) {
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 3;
    return {mean, mean, mean};
  }
  return {values[0], values[1], values[2]};
}

void torchvision_style(const NormalizeOptions& options, Normalization& result) {
  const auto mean = per_channel(options.mean, result.channels, "mean");
  const auto std = per_channel(options.std, result.channels, "std");
  for (int c = 0; c < 3; ++c) {
    if (!(std[c] > 0)) {
      throw BadData(fmt::format(
          "normalize.std holds {}: standard deviations are positive", std[c]));
    }
    result.offset[c] = static_cast<float>(255 * mean[c]);
    result.factor[c] = static_cast<float>(1 / (255 * std[c]));
  }
}

/// Planar to interleaved; the channel order stays BGR, as the output's.
MeanImage interleaved(const MeanImage& planar) {
  MeanImage result = planar;
  const std::size_t pixels =
      static_cast<std::size_t>(planar.height) * planar.width;
  for (int c = 0; c < planar.channels; ++c) {
    for (std::size_t i = 0; i < pixels; ++i) {
      result.values[i * planar.channels + c] = planar.values[c * pixels + i];
    }
  }
  return result;
}

void caffe_style(
    const NormalizeOptions& options,
    const std::optional<MeanImage>& mean,
    Normalization& result) {
  result.bgr = result.channels == 3;
  result.factor.fill(static_cast<float>(options.scale));
  if (mean && !options.mean_value.empty()) {
    throw BadData(
        "normalize has both mean_file and mean_value: Caffe takes one of "
        "them, leave the other out");
  }
  if (mean) {
    const std::size_t values =
        static_cast<std::size_t>(mean->channels) * mean->height * mean->width;
    if (mean->channels != result.channels || mean->values.size() != values) {
      throw BadData(fmt::format(
          "the mean file holds {} values for {}x{}x{} (channels x height x "
          "width), but the network takes {} channels",
          mean->values.size(),
          mean->channels,
          mean->height,
          mean->width,
          result.channels));
    }
    result.mean = interleaved(*mean);
  } else if (!options.mean_value.empty()) {
    const auto values =
        per_channel(options.mean_value, result.channels, "mean_value");
    for (int c = 0; c < 3; ++c) {
      result.offset[c] = static_cast<float>(values[c]);
    }
  }
}

}  // namespace

Normalization normalization(
    const NormalizeOptions& options,
    int channels,
    const std::optional<MeanImage>& mean) {
  if (channels != 1 && channels != 3) {
    throw BadData(fmt::format(
        "data.channels is {}: networks take 1 (gray) or 3 (colour)", channels));
  }
  Normalization result;
  result.channels = channels;
  if (options.style == PixelStyle::caffe) {
    caffe_style(options, mean, result);
  } else if (mean) {
    throw BadData(
        "normalize.mean_file goes with style caffe: set it, or leave the mean "
        "file out");
  } else {
    torchvision_style(options, result);
  }
  return result;
}

}  // namespace convoy
