#include "data/augment/apply.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "data/errors.h"
#include "tests/data/augment/plans.h"
#include "tests/support/pictures.h"

namespace convoy {
namespace {

using testing::augmented;
using testing::plain_options;
using testing::random_picture;
using testing::whole_picture;

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

// Every option on, pictures of all shapes, down to one pixel. (A CPU without
// AVX2 has the portable code on both sides.)
TEST(Augmenter, GivesTheSameBitsWithAndWithoutSimd) {
  AugmentOptions options;
  options.crop_px = 47;
  options.flip_vertical = 0.5;
  options.rotate_degrees = 40;
  options.translate_fraction = 0.3;
  options.jitter = {0.4, 0.4, 0.4, 0.1};
  options.noise_stddev = 0.05;
  options.policy = AugmentPolicy::rand;
  options.erase.probability = 0.5;
  options.erase.fill = EraseFill::random;
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

// Operations see the cropped bytes, before colours and normalisation.
TEST(Augmenter, AppliesOperationsInTheirOrder) {
  const Image picture = random_picture(24, 24, 3, 9);
  const Normalization normal = normalization({}, 3);
  AugmentPlan plan = whole_picture(picture);
  plan.brightness = 0.7;
  plan.operations = {{OperationKind::rotate, 30}, {OperationKind::equalize, 0}};
  Image changed = picture;
  Image scratch;
  for (const Operation& operation : plan.operations) {
    apply_operation(operation, changed, scratch);
  }
  AugmentPlan rest = plan;
  rest.operations.clear();
  EXPECT_EQ(augmented(plan, picture, normal), augmented(rest, changed, normal));
  std::swap(plan.operations[0], plan.operations[1]);
  EXPECT_NE(augmented(plan, picture, normal), augmented(rest, changed, normal));
}

TEST(Augmenter, RefusesAPictureOfOtherChannels) {
  const Image picture = random_picture(40, 40, 1, 5);
  EXPECT_THROW(
      augmented(whole_picture(picture), picture, normalization({}, 3)),
      std::logic_error);
}

}  // namespace
}  // namespace convoy
