// Pixels after augmentation against torchvision's.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "tests/data/augment/plans.h"
#include "tests/data/augment/torchvision.h"
#include "tests/support/pictures.h"

namespace convoy {
namespace {

using testing::compare;
using testing::Comparison;
using testing::Pair;
using testing::plain_options;
using testing::random_picture;
using testing::smooth_picture;
using testing::whole_picture;

constexpr int kSide = 200;  // of the rotated pictures

NormalizeOptions gray_options() {
  NormalizeOptions options;
  options.mean = {0.449};
  options.std = {0.226};
  return options;
}

std::vector<Comparison> evaluations() {
  const int sizes[][2] = {
      {375, 500},
      {500, 375},
      {256, 256},
      {257, 300},
      {1000, 333},
      {100, 140},
      {900, 301},
      {333, 1000}};
  std::vector<Comparison> cases;
  unsigned seed = 1;
  for (const auto& [height, width] : sizes) {
    for (int channels : {3, 1}) {
      const EvalOptions options;
      cases.push_back(
          {random_picture(height, width, channels, seed++),
           0,
           {256, 224},
           evaluation_plan(options, PixelStyle::torchvision, {height, width}),
           channels == 3 ? normalization({}, 3)
                         : normalization(gray_options(), 1)});
    }
  }
  return cases;
}

std::vector<Comparison> resized_crops() {
  std::vector<Comparison> cases;
  for (std::uint64_t sample = 0; sample < 30; ++sample) {
    AugmentOptions options;
    options.crop_px = 64;
    options.flip_horizontal = 1;
    const int channels = sample % 5 == 0 ? 1 : 3;
    AugmentPlan plan = draw_plan(options, {3, 0, sample}, {120, 150});
    const Window crop = *plan.geometry.crop;
    cases.push_back(
        {random_picture(120, 150, channels, 50 + sample),
         1,
         {double(crop.x),
          double(crop.y),
          double(crop.width),
          double(crop.height),
          64},
         plan,
         channels == 3 ? normalization({}, 3)
                       : normalization(gray_options(), 1)});
  }
  return cases;
}

std::vector<Comparison> rotations() {
  std::vector<Comparison> cases;
  for (double degrees : {-30.0, -7.5, 3.0, 10.0, 45.0}) {
    for (int channels : {3, 1}) {
      Image picture = smooth_picture(kSide, kSide, channels);
      AugmentPlan plan = whole_picture(picture);
      plan.rotate_degrees = degrees;
      NormalizeOptions levels =
          channels == 3 ? NormalizeOptions() : gray_options();
      cases.push_back(
          {picture, 2, {degrees}, plan, normalization(levels, channels)});
    }
  }
  return cases;
}

std::vector<Comparison> colours() {
  std::vector<Comparison> cases;
  for (double factor : {0.0, 0.4, 0.9, 1.3, 1.8}) {
    const Image picture = random_picture(64, 64, 3, 4);
    const Normalization plain = normalization(plain_options(), 3);
    AugmentPlan plan = whole_picture(picture);
    plan.brightness = factor;
    cases.push_back({picture, 3, {factor}, plan, plain});
    plan.brightness = 1;
    plan.contrast = factor;
    cases.push_back({picture, 4, {factor}, plan, plain});
    const Image gray = random_picture(64, 64, 1, 4);
    cases.push_back(
        {gray, 4, {factor}, plan, normalization(plain_options(), 1)});
    plan.contrast = 1;
    plan.saturation = factor;
    cases.push_back({picture, 5, {factor}, plan, plain});
  }
  return cases;
}

std::vector<Comparison> hues() {
  Image picture = random_picture(64, 64, 3, 4);
  for (std::uint8_t& value : picture.pixels) {
    value = static_cast<std::uint8_t>(80 + value / 3);  // nothing is clamped
  }
  std::vector<Comparison> cases;
  for (double turn : {-0.1, 0.05, 0.1, 0.3}) {
    AugmentPlan plan = whole_picture(picture);
    plan.hue = turn;
    cases.push_back(
        {picture, 6, {turn}, plan, normalization(plain_options(), 3)});
  }
  return cases;
}

/// All comparisons, made at once: starting torchvision takes seconds.
class PixelsAgainstTorchvision : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::vector<Comparison> all;
    for (const auto& cases :
         {evaluations(), resized_crops(), rotations(), colours(), hues()}) {
      all.insert(all.end(), cases.begin(), cases.end());
    }
    const std::vector<Pair> pairs = compare(all);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      pairs_[all[i].kind].push_back(pairs[i]);
    }
  }
  static void TearDownTestSuite() { pairs_.clear(); }

  static void expect_close(int kind, std::size_t count, double tolerance) {
    ASSERT_EQ(pairs_[kind].size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_LE(pairs_[kind][i].largest_difference(), tolerance)
          << "kind " << kind << ", case " << i;
    }
  }
  static std::map<int, std::vector<Pair>> pairs_;
};

std::map<int, std::vector<Pair>> PixelsAgainstTorchvision::pairs_;

// The pixels are Pillow's to the bit; 1e-6 is float rounding in the
// normalisation of values up to 2.6.
TEST_F(PixelsAgainstTorchvision, Evaluation) {
  expect_close(0, 16, 1e-6);
}

TEST_F(PixelsAgainstTorchvision, ResizedCropAndFlip) {
  expect_close(1, 30, 1e-6);
}

// Both round to 8 bits; ours once more, with positions and weights of 1/128
// pixel: two levels of 255 on slow gradients. Only where the source lies inside
// of the picture: Pillow fills with black, Convoy repeats the edge.
TEST_F(PixelsAgainstTorchvision, Rotation) {
  ASSERT_EQ(pairs_[2].size(), 10U);
  for (const Pair& pair : pairs_[2]) {
    const int channels = static_cast<int>(pair.ours.size()) / (kSide * kSide);
    const double level = 1 / 255.0 / 0.224;
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        if (std::hypot(x - 99.5, y - 99.5) > 97) {
          continue;
        }
        for (int c = 0; c < channels; ++c) {
          const std::size_t i =
              (static_cast<std::size_t>(y) * kSide + x) * channels + c;
          ASSERT_NEAR(pair.ours[i], pair.theirs[i], 2.01 * level)
              << x << ", " << y;
        }
      }
    }
  }
}

// One factor at a time, so that torchvision clamps once, as we do. Floats:
// 1e-5.
TEST_F(PixelsAgainstTorchvision, BrightnessContrastSaturation) {
  expect_close(3, 5, 1e-5);
  expect_close(4, 10, 1e-5);
  expect_close(5, 5, 1e-5);
}

/// Hue in turns as HSV defines it, and the distance from gray.
struct Hue {
  double turns;
  double chroma;
};

Hue hue_of(const float* rgb) {
  const auto [low, high] = std::minmax({rgb[0], rgb[1], rgb[2]});
  const double chroma = high - low;
  double sixth = (rgb[0] - rgb[1]) / chroma + 4;
  if (high == rgb[0]) {
    sixth = (rgb[1] - rgb[2]) / chroma;
  } else if (high == rgb[1]) {
    sixth = (rgb[2] - rgb[0]) / chroma + 2;
  }
  return {sixth / 6, chroma};
}

// Hues agree, to the 0.01 turns by which the circle about the gray axis and
// HSV's hexagon differ. Lightness does not: the matrix keeps the sum of the
// channels, HSV the largest of them.
TEST_F(PixelsAgainstTorchvision, HueTurnsAsFar) {
  ASSERT_EQ(pairs_[6].size(), 4U);
  for (const Pair& pair : pairs_[6]) {
    int compared = 0;
    for (std::size_t i = 0; i < pair.ours.size(); i += 3) {
      const Hue ours = hue_of(&pair.ours[i]);
      const Hue theirs = hue_of(&pair.theirs[i]);
      if (theirs.chroma > 0.05) {
        const double apart = ours.turns - theirs.turns;
        ASSERT_NEAR(apart - std::round(apart), 0, 0.01);
        ++compared;
      }
    }
    EXPECT_GT(compared, 3000);
  }
}

}  // namespace
}  // namespace convoy
