#include "data/augment/normalize.h"

#include <gtest/gtest.h>

#include <random>

#include "data/augment/apply.h"
#include "data/errors.h"
#include "tests/data/augment/plans.h"
#include "tests/support/pictures.h"

namespace convoy {
namespace {

using testing::augmented;
using testing::random_picture;

NormalizeOptions caffe() {
  NormalizeOptions options;
  options.style = PixelStyle::caffe;
  options.scale = 0.017;
  return options;
}

MeanImage random_mean(int channels, int height, int width) {
  MeanImage mean{channels, height, width, {}};
  std::mt19937 random(3);
  std::uniform_real_distribution<float> value(90, 130);
  mean.values.resize(static_cast<std::size_t>(channels) * height * width);
  for (float& one : mean.values) {
    one = value(random);
  }
  return mean;
}

/// The planes of a record as Caffe stores them: BGR.
float bgr(const Image& picture, int c, int y, int x) {
  return picture.row(y)[x * picture.channels + picture.channels - 1 - c];
}

/// Caffe's transformer: (pixel - mean at the pixel's place) * scale, then
/// mirrored.
std::vector<float> as_caffe(
    const Image& picture,
    const MeanImage& mean,
    const Window& crop,
    bool mirror,
    float scale) {
  std::vector<float> out;
  for (int y = 0; y < crop.height; ++y) {
    for (int x = 0; x < crop.width; ++x) {
      for (int c = 0; c < picture.channels; ++c) {
        const int from_y = crop.y + y;
        const int from_x = crop.x + (mirror ? crop.width - 1 - x : x);
        const float average =
            mean.values[(c * mean.height + from_y) * mean.width + from_x];
        out.push_back((bgr(picture, c, from_y, from_x) - average) * scale);
      }
    }
  }
  return out;
}

AugmentOptions caffes_crop(int side) {
  AugmentOptions options;
  options.crop = Crop::random;
  options.crop_px = side;
  return options;
}

TEST(Normalization, SubtractsCaffesMeanFileAtTheCropsPlace) {
  for (int channels : {3, 1}) {
    const Image picture = random_picture(40, 50, channels, 1);
    const MeanImage mean = random_mean(channels, 40, 50);
    const Normalization normal = normalization(caffe(), channels, mean);
    int mirrored = 0;
    for (std::uint64_t sample = 0; sample < 20; ++sample) {
      const AugmentPlan plan =
          draw_plan(caffes_crop(33), {1, 0, sample}, {40, 50});
      mirrored += plan.geometry.flip_horizontal;
      EXPECT_EQ(
          augmented(plan, picture, normal),
          as_caffe(
              picture,
              mean,
              *plan.geometry.crop,
              plan.geometry.flip_horizontal,
              0.017F));
    }
    EXPECT_GT(mirrored, 0);
    EvalOptions eval{0, 33, 32};
    const AugmentPlan plan = evaluation_plan(eval, PixelStyle::caffe, {40, 50});
    EXPECT_EQ(
        augmented(plan, picture, normal),
        as_caffe(picture, mean, plan.geometry.window, false, 0.017F));
    EXPECT_EQ(plan.geometry.window.x, 8);  // (50 - 33) / 2, rounded down
  }
}

TEST(Normalization, SubtractsCaffesMeanValuesInBgr) {
  const Image picture = random_picture(10, 10, 3, 1);
  NormalizeOptions options = caffe();
  options.mean_value = {104, 117, 123};
  options.scale = 1;
  const EvalOptions eval{0, 10, 32};
  const auto out = augmented(
      evaluation_plan(eval, PixelStyle::caffe, {10, 10}),
      picture,
      normalization(options, 3));
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(out[i * 3], picture.pixels[i * 3 + 2] - 104.0F);
    EXPECT_EQ(out[i * 3 + 1], picture.pixels[i * 3 + 1] - 117.0F);
    EXPECT_EQ(out[i * 3 + 2], picture.pixels[i * 3] - 123.0F);
  }
}

TEST(Normalization, RefusesAMeanFileThatDoesNotFit) {
  const Image picture = random_picture(40, 50, 3, 1);
  const Normalization normal =
      normalization(caffe(), 3, random_mean(3, 40, 51));
  const auto message = [&](const AugmentPlan& plan) -> std::string {
    try {
      augmented(plan, picture, normal);
    } catch (const BadData& e) {
      return e.what();
    }
    return "nothing was thrown";
  };
  AugmentPlan plan = draw_plan(caffes_crop(33), {}, {40, 50});
  EXPECT_NE(message(plan).find("40x50"), std::string::npos) << message(plan);
  EXPECT_NE(message(plan).find("40x51"), std::string::npos);
  plan.rotate_degrees = 3;
  EXPECT_NE(message(plan).find("rotated"), std::string::npos);
  plan.rotate_degrees = 0;
  plan.operations = {{OperationKind::shear_x, 0.1}};
  EXPECT_NE(message(plan).find("augment.policy to none"), std::string::npos);
  AugmentOptions scaled;
  scaled.crop_px = 20;
  EXPECT_NE(
      message(draw_plan(scaled, {}, {40, 50})).find("scaled"),
      std::string::npos);
}

TEST(Normalization, RefusesOptionsThatContradictEachOther) {
  NormalizeOptions options = caffe();
  EXPECT_THROW(normalization(options, 2), BadData);
  EXPECT_THROW(normalization(options, 1, random_mean(3, 4, 4)), BadData);
  options.mean_value = {1, 2};
  EXPECT_THROW(normalization(options, 3), BadData);
  options.mean_value = {1};
  EXPECT_THROW(normalization(options, 3, random_mean(3, 4, 4)), BadData);
  EXPECT_THROW(normalization({}, 3, random_mean(3, 4, 4)), BadData);
  NormalizeOptions zero;
  zero.std = {0};
  EXPECT_THROW(normalization(zero, 3), BadData);
}

class FloatRecords : public ::testing::Test {
 protected:
  FloatRecords() {
    std::mt19937 random(5);
    std::normal_distribution<float> value(0, 1000);
    values_.resize(3 * 20 * 30);
    for (float& one : values_) {
      one = value(random);
    }
    picture_ = {3, 20, 30, values_.data()};
  }
  float at(int c, int y, int x) const { return values_[(c * 20 + y) * 30 + x]; }
  std::vector<float> values_;
  FloatPicture picture_;
  std::vector<float> out_ = std::vector<float>(16 * 16 * 3);
};

TEST_F(FloatRecords, AreCroppedMirroredAndNormalised) {
  NormalizeOptions options = caffe();
  options.mean_value = {1, 2, 3};
  const Normalization normal = normalization(options, 3);
  for (std::uint64_t sample = 0; sample < 10; ++sample) {
    const AugmentPlan plan =
        draw_plan(caffes_crop(16), {1, 0, sample}, {20, 30});
    const Window crop = *plan.geometry.crop;
    Augmenter(normal).apply(plan, picture_, out_.data());
    for (int y = 0; y < 16; ++y) {
      for (int x = 0; x < 16; ++x) {
        const int from = plan.geometry.flip_horizontal ? 15 - x : x;
        for (int c = 0; c < 3; ++c) {
          ASSERT_EQ(
              out_[(y * 16 + x) * 3 + c],
              (at(c, crop.y + y, crop.x + from) - float(c + 1)) * 0.017F);
        }
      }
    }
  }
}

TEST_F(FloatRecords, BecomeRgbForTorchvisionsStyle) {
  NormalizeOptions options;
  options.mean = {0};
  options.std = {1.0 / 255};
  const Normalization normal = normalization(options, 3);
  const EvalOptions eval{0, 16, 32};
  Augmenter(normal).apply(
      evaluation_plan(eval, PixelStyle::torchvision, {20, 30}),
      picture_,
      out_.data());
  EXPECT_EQ(out_[0], at(2, 2, 7));
  EXPECT_EQ(out_[2], at(0, 2, 7));
}

TEST_F(FloatRecords, AreErased) {
  const Normalization normal = normalization({}, 3);
  AugmentPlan plan = draw_plan(caffes_crop(16), {}, {20, 30});
  plan.erase = {2, 3, 5, 4};
  Augmenter(normal).apply(plan, picture_, out_.data());
  int zeros = 0;
  for (float value : out_) {
    zeros += value == 0;
  }
  EXPECT_EQ(zeros, 5 * 4 * 3);
  EXPECT_EQ(out_[(3 * 16 + 2) * 3], 0);
}

TEST_F(FloatRecords, RefuseMoreThanCropMirrorAndErase) {
  const Normalization normal = normalization({}, 3);
  Augmenter augmenter(normal);
  AugmentOptions options;
  options.crop_px = 16;
  EXPECT_THROW(
      augmenter.apply(draw_plan(options, {}, {20, 30}), picture_, out_.data()),
      BadData);
  options = caffes_crop(16);
  options.noise_stddev = 0.1;
  EXPECT_THROW(
      augmenter.apply(draw_plan(options, {}, {20, 30}), picture_, out_.data()),
      BadData);
  options.noise_stddev = 0;
  AugmentOptions lit = options;
  lit.lighting_stddev = 0.1;
  EXPECT_THROW(
      augmenter.apply(draw_plan(lit, {}, {20, 30}), picture_, out_.data()),
      BadData);
  options.policy = AugmentPolicy::rand;
  EXPECT_THROW(
      augmenter.apply(draw_plan(options, {}, {20, 30}), picture_, out_.data()),
      BadData);
  const Normalization gray = normalization({}, 1);
  EXPECT_THROW(
      Augmenter(gray).apply(
          draw_plan(caffes_crop(16), {}, {20, 30}), picture_, out_.data()),
      BadData);
}

}  // namespace
}  // namespace convoy
