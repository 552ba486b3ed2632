#include "data/augment/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/augment/erase.h"
#include "data/augment/lighting.h"
#include "data/augment/policy.h"
#include "data/errors.h"

namespace convoy {

namespace {

/// Python's round(): halves go to the even neighbour.
int round_half_even(double value) {
  return static_cast<int>(std::nearbyint(value));
}

/// `crop` of the picture, scaled to side x side.
ResizePlan scaled(const Window& crop, int side) {
  ResizePlan plan;
  plan.crop = crop;
  plan.box = {
      0, 0, static_cast<double>(crop.width), static_cast<double>(crop.height)};
  plan.height = side;
  plan.width = side;
  plan.window = {0, 0, side, side};
  return plan;
}

void check_holds(const PictureSize& size, int side, const char* key) {
  if (size.height < side || size.width < side) {
    throw BadData(fmt::format(
        "the picture is {}x{} (height x width), smaller than the crop of "
        "{}x{}: lower {}, or import the pictures larger",
        size.height,
        size.width,
        side,
        side,
        key));
  }
}

/// The largest centred crop whose ratio is allowed: when ten tries did not fit.
Window fallback_crop(const AugmentOptions& options, const PictureSize& size) {
  const double ratio = static_cast<double>(size.width) / size.height;
  const auto [low, high] = std::minmax(options.ratio[0], options.ratio[1]);
  int width = size.width;
  int height = size.height;
  if (ratio < low) {
    height = round_half_even(width / low);
  } else if (ratio > high) {
    width = round_half_even(height * high);
  }
  return {(size.width - width) / 2, (size.height - height) / 2, width, height};
}

Window random_resized_crop(
    const AugmentOptions& options,
    const DrawKey& key,
    const PictureSize& size) {
  constexpr std::uint32_t kTries = 10;
  const double area = static_cast<double>(size.height) * size.width;
  for (std::uint32_t attempt = 0; attempt < kTries; ++attempt) {
    const DrawBlock block(key, Draw::crop, attempt);
    const double target =
        area * block.uniform(0, options.scale[0], options.scale[1]);
    const double ratio = std::exp(block.uniform(
        1, std::log(options.ratio[0]), std::log(options.ratio[1])));
    const int width = round_half_even(std::sqrt(target * ratio));
    const int height = round_half_even(std::sqrt(target / ratio));
    if (width > 0 && width <= size.width && height > 0 &&
        height <= size.height) {
      return {
          static_cast<int>(block.below(2, size.width - width + 1)),
          static_cast<int>(block.below(3, size.height - height + 1)),
          width,
          height};
    }
  }
  return fallback_crop(options, size);
}

Window random_crop(int side, const DrawKey& key, const PictureSize& size) {
  const DrawBlock block(key, Draw::crop);
  return {
      static_cast<int>(block.below(2, size.width - side + 1)),
      static_cast<int>(block.below(3, size.height - side + 1)),
      side,
      side};
}

Window center_crop(int side, PixelStyle style, const PictureSize& size) {
  const auto offset = [&](int whole) {
    return style == PixelStyle::caffe ? (whole - side) / 2
                                      : round_half_even((whole - side) / 2.0);
  };
  return {offset(size.width), offset(size.height), side, side};
}

Window draw_crop(
    const AugmentOptions& options,
    const DrawKey& key,
    const PictureSize& size) {
  switch (options.crop) {
    case Crop::random_resized:
      return random_resized_crop(options, key, size);
    case Crop::random:
      check_holds(size, options.crop_px, "augment.crop_px");
      return random_crop(options.crop_px, key, size);
    case Crop::center:
      check_holds(size, options.crop_px, "augment.crop_px");
      return center_crop(options.crop_px, PixelStyle::torchvision, size);
    case Crop::none:
      break;
  }
  return {0, 0, size.width, size.height};
}

void draw_motion(
    const AugmentOptions& options, const DrawKey& key, AugmentPlan& plan) {
  if (options.rotate_degrees != 0) {
    plan.rotate_degrees =
        DrawBlock(key, Draw::rotation)
            .uniform(0, -options.rotate_degrees, options.rotate_degrees);
  }
  if (options.translate_fraction != 0) {
    const double most = options.translate_fraction * options.crop_px;
    const DrawBlock block(key, Draw::translation);
    plan.shift_x = round_half_even(block.uniform(0, -most, most));
    plan.shift_y = round_half_even(block.uniform(1, -most, most));
  }
}

void draw_colour(
    const AugmentOptions& options, const DrawKey& key, AugmentPlan& plan) {
  const auto factor = [&](double spread, Draw purpose) {
    return spread == 0 ? 1.0
                       : DrawBlock(key, purpose)
                             .uniform(0, std::max(0.0, 1 - spread), 1 + spread);
  };
  const JitterOptions& jitter = options.jitter;
  plan.brightness = factor(jitter.brightness, Draw::brightness);
  plan.contrast = factor(jitter.contrast, Draw::contrast);
  plan.saturation = factor(jitter.saturation, Draw::saturation);
  if (jitter.hue != 0) {
    plan.hue = DrawBlock(key, Draw::hue).uniform(0, -jitter.hue, jitter.hue);
  }
  if (options.lighting_stddev != 0) {
    plan.lighting = draw_lighting(options.lighting_stddev, key);
  }
}

void draw_erasing(
    const EraseOptions& options,
    const DrawKey& key,
    int side,
    AugmentPlan& plan) {
  plan.erase = draw_erased_box(options, key, side);
  plan.erase_fill = options.fill;
  if (options.fill == EraseFill::random) {
    plan.erase_key = DrawBlock(key, Draw::erase_noise).bits64();
  }
}

}  // namespace

bool draws_anything(const AugmentOptions& options) {
  AugmentOptions still{.flip_horizontal = 0};  // where nothing else is random
  still.crop = options.crop;
  still.crop_px = options.crop_px;
  still.scale = options.scale;
  still.ratio = options.ratio;
  still.rand = options.rand;
  still.erase = options.erase;
  still.erase.probability = 0;
  const bool fixed_crop =
      options.crop == Crop::center || options.crop == Crop::none;
  return !fixed_crop || options != still;
}

AugmentPlan draw_plan(
    const AugmentOptions& options,
    const DrawKey& key,
    const PictureSize& size) {
  AugmentPlan plan;
  plan.geometry = scaled(draw_crop(options, key, size), options.crop_px);
  plan.geometry.flip_horizontal =
      DrawBlock(key, Draw::flip_horizontal).uniform(0) <
      options.flip_horizontal;
  plan.geometry.flip_vertical =
      DrawBlock(key, Draw::flip_vertical).uniform(0) < options.flip_vertical;
  draw_motion(options, key, plan);
  plan.operations = draw_operations(options, key);
  draw_colour(options, key, plan);
  if (options.noise_stddev != 0) {
    plan.noise_stddev = options.noise_stddev;
    plan.noise_key = DrawBlock(key, Draw::noise).bits64();
  }
  if (options.erase.probability != 0) {
    draw_erasing(options.erase, key, options.crop_px, plan);
  }
  return plan;
}

AugmentPlan evaluation_plan(
    const EvalOptions& options, PixelStyle style, const PictureSize& size) {
  PictureSize scaled_size = size;
  if (options.resize_px > 0) {
    // torchvision truncates the long side.
    const std::int64_t shorter = std::min(size.height, size.width);
    const auto side = [&](std::int64_t pixels) {
      return static_cast<int>(options.resize_px * pixels / shorter);
    };
    scaled_size = {side(size.height), side(size.width)};
  }
  check_holds(
      scaled_size, options.crop_px, "eval.crop_px or raise eval.resize_px");
  AugmentPlan plan;
  plan.geometry.box = {
      0, 0, static_cast<double>(size.width), static_cast<double>(size.height)};
  plan.geometry.height = scaled_size.height;
  plan.geometry.width = scaled_size.width;
  plan.geometry.window = center_crop(options.crop_px, style, scaled_size);
  return plan;
}

}  // namespace convoy
