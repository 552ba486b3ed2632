#include "trainer/evaluation/views.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

/// A gray picture whose pixels tell their places: value = 16 * y + x.
Sample picture_of_places() {
  Sample sample;
  sample.image.resize(6, 8, 1);
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 8; ++x) {
      sample.image.row(y)[x] = static_cast<std::uint8_t>(16 * y + x);
    }
  }
  return sample;
}

/// As they are: pixel values.
std::shared_ptr<const Normalization> no_change() {
  Normalization normalization;
  normalization.channels = 1;
  normalization.factor = {1, 1, 1};
  return std::make_shared<Normalization>(normalization);
}

std::vector<float> crops_written(Tta tta) {
  const EvalOptions options{.resize_px = 0, .crop_px = 4};
  std::vector<float> out(
      static_cast<std::size_t>(views_of(tta).crops) * 4 * 4, -1);
  views_transform(tta, options, PixelStyle::torchvision, no_change())()(
      picture_of_places(), {}, out.data());
  return out;
}

TEST(ViewsTransform, CutsTheCornersAndTheCentre) {
  const std::vector<float> out = crops_written(Tta::ten_crop);
  const std::vector<int> first{0, 4, 32, 36, 18};  // 16 * y + x
  for (std::size_t crop = 0; crop < first.size(); ++crop) {
    for (int y = 0; y < 4; ++y) {
      for (int x = 0; x < 4; ++x) {
        EXPECT_EQ(out[crop * 16 + y * 4 + x], first[crop] + 16 * y + x)
            << "crop " << crop;
      }
    }
  }
}

TEST(ViewsTransform, CutsTheCentreAloneForAFlip) {
  const std::vector<float> all = crops_written(Tta::ten_crop);
  EXPECT_EQ(
      crops_written(Tta::none), std::vector<float>(all.end() - 16, all.end()));
  EXPECT_EQ(crops_written(Tta::flip), crops_written(Tta::none));
}

TEST(Views, AreOneTwoAndTen) {
  EXPECT_EQ(views_of(Tta::none).count(), 1);
  EXPECT_EQ(views_of(Tta::flip).count(), 2);
  EXPECT_EQ(views_of(Tta::ten_crop).count(), 10);
}

/// Scores that tell places apart: each pixel of the first channel's upper left
/// corner is a class.
at::Tensor corner_scores(const at::Tensor& images) {
  return images.select(1, 0).narrow(1, 0, 2).narrow(2, 0, 2).flatten(1) * 3;
}

at::Tensor random_images(std::int64_t height) {
  return at::rand({3, 1, height, 4}, at::detail::createCPUGenerator(3));
}

TEST(LogProbabilities, OfOneViewAreTheLogSoftmaxToTheBit) {
  const at::Tensor images = random_images(4);
  EXPECT_TRUE(log_probabilities(corner_scores, images, {1, false})
                  .equal(at::log_softmax(corner_scores(images), 1)));
}

TEST(LogProbabilities, AverageProbabilitiesOverCropsAndMirrorImages) {
  const at::Tensor images = random_images(8);  // two crops of 4 x 4
  const at::Tensor upper = images.narrow(2, 0, 4);
  const at::Tensor lower = images.narrow(2, 4, 4);
  const auto probabilities = [](const at::Tensor& view) {
    return at::softmax(corner_scores(view), 1);
  };
  const at::Tensor mean = at::stack({probabilities(upper),
                                     probabilities(upper.flip({3})),
                                     probabilities(lower),
                                     probabilities(lower.flip({3}))})
                              .mean(0);
  const at::Tensor logs = log_probabilities(corner_scores, images, {2, true});
  EXPECT_TRUE(logs.exp().allclose(mean, 1e-5, 1e-6));
}

}  // namespace
}  // namespace convoy
