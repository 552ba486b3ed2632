#include "data/augment/apply.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "data/errors.h"
#include "tests/support/oracle.h"
#include "tests/support/pictures.h"

namespace convoy {
namespace {

using testing::random_picture;
using testing::smooth_picture;

NormalizeOptions gray_options() {
  NormalizeOptions options;
  options.mean = {0.449};
  options.std = {0.226};
  return options;
}

/// Output in 0..1, no normalisation.
NormalizeOptions plain_options() {
  NormalizeOptions options;
  options.mean = {0.0};
  options.std = {1.0};
  return options;
}

std::vector<float> augmented(
    const AugmentPlan& plan,
    const Image& picture,
    const Normalization& normal,
    Simd simd = best_simd()) {
  const Window& window = plan.geometry.window;
  std::vector<float> out(
      static_cast<std::size_t>(window.height) * window.width * normal.channels);
  Augmenter(normal, simd).apply(plan, picture, out.data());
  return out;
}

AugmentPlan whole_picture(const Image& picture) {
  AugmentOptions options;
  options.crop = Crop::none;
  options.crop_px = picture.height;
  options.flip_horizontal = 0;
  return draw_plan(options, {}, {picture.height, picture.width});
}

/// A picture, what torchvision does with it, and what we make of it.
struct Comparison {
  Image picture;
  int kind;
  std::vector<double> numbers;
  AugmentPlan plan;
  Normalization normal;
};

/// theirs[i], ours[i] for comparison i.
struct Pair {
  std::vector<float> theirs;
  std::vector<float> ours;

  double largest_difference() const {
    double most = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      most = std::max<double>(most, std::abs(ours[i] - theirs[i]));
    }
    return most;
  }
};

std::vector<Pair> compare(const std::vector<Comparison>& comparisons) {
  std::vector<std::uint8_t> pictures;
  std::vector<double> cases;
  for (const Comparison& one : comparisons) {
    const Image& picture = one.picture;
    pictures.insert(
        pictures.end(), picture.pixels.begin(), picture.pixels.end());
    std::vector<double> row = {
        double(picture.height),
        double(picture.width),
        double(picture.channels),
        double(one.kind)};
    row.insert(row.end(), one.numbers.begin(), one.numbers.end());
    row.resize(9);
    cases.insert(cases.end(), row.begin(), row.end());
  }
  testing::Oracle oracle;
  oracle.write("pictures.bin", pictures);
  oracle.write("cases.bin", cases);
  EXPECT_TRUE(oracle.run("data/augment/apply_oracle.py"));
  const auto results = oracle.read<float>("results.bin");
  std::vector<Pair> pairs;
  std::size_t at = 0;
  for (const Comparison& one : comparisons) {
    Pair pair;
    pair.ours = augmented(one.plan, one.picture, one.normal);
    if (at + pair.ours.size() > results.size()) {
      ADD_FAILURE() << "torchvision's output is shorter";
      return pairs;
    }
    pair.theirs.assign(
        results.begin() + at, results.begin() + at + pair.ours.size());
    at += pair.ours.size();
    pairs.push_back(std::move(pair));
  }
  EXPECT_EQ(at, results.size());
  return pairs;
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

// The pixels are Pillow's to the bit; 1e-6 is float rounding in the
// normalisation of values up to 2.6.
TEST(Augmenter, EvaluatesAsTorchvision) {
  const auto pairs = compare(evaluations());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_LE(pairs[i].largest_difference(), 1e-6) << "case " << i;
  }
}

TEST(Augmenter, ResizesCropsAndFlipsAsTorchvision) {
  const auto pairs = compare(resized_crops());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_LE(pairs[i].largest_difference(), 1e-6) << "case " << i;
  }
}

// Both round to 8 bits; ours once more, with positions and weights of 1/128
// pixel: two levels of 255 on slow gradients. Only where the source lies inside
// of the picture: Pillow fills with black, Convoy repeats the edge.
TEST(Augmenter, RotatesAsPillow) {
  constexpr int kSide = 200;
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
  for (const Pair& pair : compare(cases)) {
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
TEST(Augmenter, ChangesColoursAsTorchvision) {
  std::vector<Comparison> cases;
  const Image picture = random_picture(64, 64, 3, 4);
  for (double factor : {0.0, 0.4, 0.9, 1.3, 1.8}) {
    AugmentPlan plan = whole_picture(picture);
    plan.brightness = factor;
    const Normalization plain = normalization(plain_options(), 3);
    cases.push_back({picture, 3, {factor}, plan, plain});
    plan.brightness = 1;
    plan.contrast = factor;
    cases.push_back({picture, 4, {factor}, plan, plain});
    plan.contrast = 1;
    plan.saturation = factor;
    cases.push_back({picture, 5, {factor}, plan, plain});
  }
  const auto pairs = compare(cases);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_LE(pairs[i].largest_difference(), 1e-5) << "case " << i;
  }
}

TEST(Augmenter, ChangesGraysAsTorchvision) {
  std::vector<Comparison> cases;
  const Image picture = random_picture(64, 64, 1, 4);
  for (double factor : {0.5, 1.6}) {
    AugmentPlan plan = whole_picture(picture);
    const Normalization plain = normalization(plain_options(), 1);
    plan.contrast = factor;
    cases.push_back({picture, 4, {factor}, plan, plain});
  }
  for (const Pair& pair : compare(cases)) {
    EXPECT_LE(pair.largest_difference(), 1e-5);
  }
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
TEST(Augmenter, TurnsHuesAsFarAsTorchvision) {
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
  for (const Pair& pair : compare(cases)) {
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

TEST(Augmenter, HueKeepsGraysAndReturnsAfterAFullTurn) {
  Image picture = random_picture(16, 16, 3, 1);
  AugmentPlan plan = whole_picture(picture);
  const Normalization plain = normalization(plain_options(), 3);
  const auto before = augmented(plan, picture, plain);
  plan.hue = 1;
  const auto after = augmented(plan, picture, plain);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NEAR(before[i], after[i], 1e-5);
  }
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
    picture.pixels[i] = static_cast<std::uint8_t>(i / 3);
  }
  plan.hue = 0.3;
  for (std::size_t i = 0; float value : augmented(plan, picture, plain)) {
    EXPECT_NEAR(value, picture.pixels[i++] / 255.0, 1e-5);
  }
}

TEST(Augmenter, FlipsAreExact) {
  const Image picture = random_picture(90, 70, 3, 2);
  const Normalization normal = normalization({}, 3);
  AugmentOptions options;
  options.crop_px = 48;
  options.flip_horizontal = 0;
  AugmentPlan plan = draw_plan(options, {4, 0, 1}, {90, 70});
  const auto straight = augmented(plan, picture, normal);
  plan.geometry.flip_horizontal = true;
  const auto mirrored = augmented(plan, picture, normal);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 48; ++x) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(
            mirrored[(y * 48 + 47 - x) * 3 + c],
            straight[(y * 48 + x) * 3 + c]);
      }
    }
  }
}

// A rotation that is none gives what the direct way gives where both look at
// the same pixels: the warp's whole-pixel positions lose nothing.
TEST(Augmenter, ShiftMovesPixelsUnchanged) {
  const Image picture = random_picture(100, 120, 3, 3);
  const Normalization normal = normalization({}, 3);
  for (bool flip : {false, true}) {
    AugmentPlan plan;
    plan.geometry.crop = Window{30, 20, 50, 50};
    plan.geometry.box = {0, 0, 50, 50};
    plan.geometry.height = 50;
    plan.geometry.width = 50;
    plan.geometry.window = {0, 0, 50, 50};
    plan.geometry.flip_horizontal = flip;
    AugmentPlan shifted = plan;
    shifted.shift_x = 7;
    shifted.shift_y = -4;
    AugmentPlan moved = plan;  // the crop that the shift brings into view
    moved.geometry.crop->x += flip ? 7 : -7;
    moved.geometry.crop->y += 4;
    EXPECT_EQ(
        augmented(shifted, picture, normal), augmented(moved, picture, normal));
  }
}

TEST(Augmenter, RepeatsEdgesBeyondThePicture) {
  Image picture = random_picture(40, 40, 3, 5);
  AugmentPlan plan = whole_picture(picture);
  plan.shift_x = 10;
  const Normalization plain = normalization(plain_options(), 3);
  const auto out = augmented(plan, picture, plain);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x <= 10; ++x) {
      ASSERT_FLOAT_EQ(out[(y * 40 + x) * 3], picture.row(y)[0] / 255.0F);
    }
    ASSERT_FLOAT_EQ(out[(y * 40 + 39) * 3], picture.row(y)[29 * 3] / 255.0F);
  }
}

// Every option on, pictures of all shapes, down to one pixel.
TEST(Augmenter, GivesTheSameBitsWithAndWithoutSimd) {
  if (best_simd() == Simd::portable) {
    GTEST_SKIP() << "this CPU has no AVX2";
  }
  AugmentOptions options;
  options.crop_px = 47;
  options.flip_vertical = 0.5;
  options.rotate_degrees = 40;
  options.translate_fraction = 0.3;
  options.jitter = {0.4, 0.4, 0.4, 0.1};
  options.noise_stddev = 0.05;
  NormalizeOptions caffe;
  caffe.style = PixelStyle::caffe;
  caffe.mean_value = {104, 117, 123};
  for (std::uint64_t sample = 0; sample < 150; ++sample) {
    const int channels = sample % 4 == 3 ? 1 : 3;
    const Image picture = random_picture(
        static_cast<int>(sample * 7 % 131 + 1),
        static_cast<int>(sample * 11 % 97 + 1),
        channels,
        static_cast<unsigned>(sample));
    if (sample == 75) {
      options.rotate_degrees = 0;
      options.translate_fraction = 0;
    }
    const AugmentPlan plan =
        draw_plan(options, {1, 0, sample}, {picture.height, picture.width});
    const Normalization normal =
        normalization(sample % 2 == 0 ? caffe : NormalizeOptions(), channels);
    const auto fast = augmented(plan, picture, normal, Simd::avx2);
    const auto portable = augmented(plan, picture, normal, Simd::portable);
    ASSERT_EQ(
        std::memcmp(fast.data(), portable.data(), fast.size() * sizeof(float)),
        0)
        << "sample " << sample;
  }
}

TEST(Augmenter, RefusesAPictureOfOtherChannels) {
  const Image picture = random_picture(40, 40, 1, 5);
  EXPECT_THROW(
      augmented(whole_picture(picture), picture, normalization({}, 3)),
      std::logic_error);
}

}  // namespace
}  // namespace convoy
