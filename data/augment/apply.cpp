#include "data/augment/apply.h"

#include <fmt/format.h>

#include <stdexcept>

#include "data/augment/colour.h"
#include "data/augment/erase.h"
#include "data/augment/finish.h"
#include "data/augment/lighting.h"
#include "data/augment/warp.h"
#include "data/errors.h"

namespace convoy {

struct Augmenter::State {
  const Normalization& normalization;
  Simd simd;
  Resizer resizer;
  Warper warper;
  Image cropped;
  Image region;
  std::vector<float> mean;
  std::vector<float> floats;

  void crop(const AugmentPlan& plan, const Image& image);
  void crop_mean(const AugmentPlan& plan, const PictureSize& size);
  void crop_floats(const AugmentPlan& plan, const FloatPicture& picture);
  FinishPlan finish_plan(const AugmentPlan& plan) const;
  void erase(const AugmentPlan& plan, float* out) const;
};

namespace {

/// The window's place in the picture, when it is cut out without scaling.
struct Place {
  int x;
  int y;
};

bool scales(const ResizePlan& geometry) {
  return geometry.box.width != geometry.width ||
         geometry.box.height != geometry.height;
}

Place place_of(const ResizePlan& geometry) {
  const Window crop = geometry.crop.value_or(Window{});
  return {
      crop.x + static_cast<int>(geometry.box.x) + geometry.window.x,
      crop.y + static_cast<int>(geometry.box.y) + geometry.window.y};
}

/// copy(y, x) for the picture's pixels in the window, in the order of the
/// output.
template <class Copy>
void for_each_pixel(const ResizePlan& geometry, const Copy& copy) {
  const Place place = place_of(geometry);
  const Window& window = geometry.window;
  for (int y = 0; y < window.height; ++y) {
    const int source_y =
        place.y + (geometry.flip_vertical ? window.height - 1 - y : y);
    for (int x = 0; x < window.width; ++x) {
      const int source_x =
          place.x + (geometry.flip_horizontal ? window.width - 1 - x : x);
      copy(source_y, source_x);
    }
  }
}

/// The geometry that shows `place` of the plan's grid, which may reach beyond
/// its crop.
ResizePlan shows(const ResizePlan& geometry, const Window& place) {
  ResizePlan wider = geometry;
  if (geometry.crop) {
    // What lies around the crop turns into view.
    wider.box.x += geometry.crop->x;
    wider.box.y += geometry.crop->y;
    wider.crop.reset();
  }
  wider.window = place;
  // `place` counts from the side that the flip brings to the left and the top.
  if (geometry.flip_horizontal) {
    wider.window.x = geometry.width - (place.x + place.width);
  }
  if (geometry.flip_vertical) {
    wider.window.y = geometry.height - (place.y + place.height);
  }
  return wider;
}

}  // namespace

Window picture_window(const AugmentPlan& plan, const PictureSize& size) {
  return resized_window(
      plan.moves() ? shows(plan.geometry, region_to_warp(plan, size))
                   : plan.geometry,
      size);
}

void Augmenter::State::crop(const AugmentPlan& plan, const Image& image) {
  if (!plan.moves()) {
    resizer.run(image, plan.geometry, cropped);
    return;
  }
  const Window place = region_to_warp(plan, {image.height, image.width});
  resizer.run(image, shows(plan.geometry, place), region);
  warper.run(plan, place, region, cropped);
}

void Augmenter::State::crop_mean(
    const AugmentPlan& plan, const PictureSize& size) {
  const MeanImage& image = *normalization.mean;
  const ResizePlan& geometry = plan.geometry;
  // A whole picture may be scaled to the mean's size; a part of it may not.
  const bool whole = !geometry.crop || (geometry.crop->height == size.height &&
                                        geometry.crop->width == size.width);
  if (plan.moves() || !plan.operations.empty() ||
      (scales(geometry) && !whole)) {
    throw BadData(
        "a mean file can't be subtracted from pictures that are scaled, "
        "rotated or translated at random: set augment.crop to random or "
        "center, augment.policy to none and the rest to 0, or use "
        "normalize.mean_value");
  }
  const int height = scales(geometry) ? geometry.height : size.height;
  const int width = scales(geometry) ? geometry.width : size.width;
  if (image.height != height || image.width != width) {
    throw BadData(fmt::format(
        "the picture is {}x{} (height x width), but the mean file {}x{}: they "
        "must be equal; use the mean file of this database, or "
        "normalize.mean_value",
        height,
        width,
        image.height,
        image.width));
  }
  mean.clear();
  for_each_pixel(geometry, [&](int y, int x) {
    const float* pixel =
        image.values.data() +
        (static_cast<std::size_t>(y) * image.width + x) * image.channels;
    mean.insert(mean.end(), pixel, pixel + image.channels);
  });
}

void Augmenter::State::crop_floats(
    const AugmentPlan& plan, const FloatPicture& picture) {
  const std::size_t plane =
      static_cast<std::size_t>(picture.height) * picture.width;
  // Records are BGR.
  const bool reverse = picture.channels == 3 && !normalization.bgr;
  floats.clear();
  for_each_pixel(plan.geometry, [&](int y, int x) {
    for (int c = 0; c < picture.channels; ++c) {
      const int channel = reverse ? 2 - c : c;
      floats.push_back(picture.values
                           [channel * plane +
                            static_cast<std::size_t>(y) * picture.width + x]);
    }
  });
}

FinishPlan Augmenter::State::finish_plan(const AugmentPlan& plan) const {
  FinishPlan finish;
  finish.channels = normalization.channels;
  finish.noise_stddev = static_cast<float>(255 * plan.noise_stddev);
  finish.noise_key = plan.noise_key;
  finish.offset = normalization.offset;
  finish.factor = normalization.factor;
  finish.mean = normalization.mean ? mean.data() : nullptr;
  finish.recolour = normalization.bgr || plan.recolours();
  finish.clamp = plan.recolours();
  if (!finish.recolour) {
    return finish;
  }
  std::array<double, 3> means{};
  if (plan.contrast != 1) {
    means = channel_means(
        cropped.channels, cropped.pixels.data(), cropped.pixels.size(), simd);
  }
  if (normalization.channels == 1) {
    const auto [slope, shift] = gray_line(plan, means[0]);
    finish.matrix[0][0] = static_cast<float>(slope);
    finish.matrix[0][3] = static_cast<float>(shift);
    return finish;
  }
  const ColourMatrix matrix = colour_matrix(plan, means);
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) {
      finish.matrix[normalization.bgr ? 2 - row : row][column] =
          static_cast<float>(matrix[row][column]);
    }
  }
  return finish;
}

void Augmenter::State::erase(const AugmentPlan& plan, float* out) const {
  erase_box(
      plan.erase,
      {plan.erase_fill, plan.erase_key},
      plan.geometry.window.width,
      normalization.channels,
      out,
      simd);
}

Augmenter::Augmenter(const Normalization& normalization, Simd simd)
    : state_(std::make_unique<State>(
          normalization, simd, Resizer(simd), Warper(simd))) {}
Augmenter::~Augmenter() = default;
Augmenter::Augmenter(Augmenter&&) noexcept = default;

void Augmenter::apply(const AugmentPlan& plan, const Image& image, float* out) {
  State& s = *state_;
  if (image.channels != s.normalization.channels) {
    throw std::logic_error(fmt::format(
        "augment: a picture of {} channels for a network of {}",
        image.channels,
        s.normalization.channels));
  }
  s.crop(plan, image);
  for (const Operation& operation : plan.operations) {
    apply_operation(operation, s.cropped, s.region);
  }
  if (s.normalization.mean) {
    s.crop_mean(plan, {image.height, image.width});
  }
  FinishPlan last = s.finish_plan(plan);
  if (plan.relights()) {
    add_lighting(plan.lighting, s.normalization, last.offset, s.mean);
  }
  finish(last, s.cropped.pixels.data(), s.cropped.pixels.size(), out, s.simd);
  s.erase(plan, out);
}

void Augmenter::apply(
    const AugmentPlan& plan, const FloatPicture& picture, float* out) {
  State& s = *state_;
  if (picture.channels != s.normalization.channels) {
    throw BadData(fmt::format(
        "the record holds floats of {} channels, but the network takes {}: set "
        "data.channels to {}",
        picture.channels,
        s.normalization.channels,
        picture.channels));
  }
  if (scales(plan.geometry) || plan.moves() || !plan.operations.empty() ||
      plan.recolours() || plan.relights() || plan.noise_stddev != 0) {
    throw BadData(
        "the record holds floats (float_data), which can only be cropped, "
        "mirrored, erased and mixed: set augment.crop to random or center, "
        "eval.resize_px to 0, augment.policy to none, and rotation, "
        "translation, jitter, lighting and noise to 0");
  }
  if (s.normalization.mean) {
    s.crop_mean(plan, {picture.height, picture.width});
  }
  s.crop_floats(plan, picture);
  FinishPlan finish;
  finish.channels = s.normalization.channels;
  finish.offset = s.normalization.offset;
  finish.factor = s.normalization.factor;
  finish.mean = s.normalization.mean ? s.mean.data() : nullptr;
  normalize_floats(finish, s.floats.data(), s.floats.size(), out);
  s.erase(plan, out);
}

}  // namespace convoy
