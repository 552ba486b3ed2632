#include "trainer/report/batch_picture.h"

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <limits>

namespace convoy {
namespace {

std::vector<int> pixel(const Image& image, int y, int x) {
  const std::uint8_t* p = image.row(y) + x * image.channels;
  return {p, p + image.channels};
}

TEST(BatchPicture, UndoesTheNormalisation) {
  const Normalization n =
      normalization({.mean = {0.5, 0.4, 0.3}, .std = {0.2, 0.25, 0.5}}, 3);
  const std::vector<int> wanted{10, 120, 250};
  at::Tensor images = at::zeros({1, 3, 2, 2}, at::kFloat);
  for (int c = 0; c < 3; ++c) {
    images[0][c].fill_(
        (static_cast<float>(wanted[c]) - n.offset[c]) * n.factor[c]);
  }
  const Image picture =
      batch_picture(images.contiguous(at::MemoryFormat::ChannelsLast), n);
  EXPECT_EQ(picture.height, 2);
  EXPECT_EQ(picture.width, 2);
  EXPECT_EQ(pixel(picture, 1, 1), wanted);
}

TEST(BatchPicture, ShowsCaffesBlueGreenRedInTheirColours) {
  const Normalization n = normalization(
      {.style = PixelStyle::caffe, .mean_value = {10, 20, 30}, .scale = 0.5},
      3);
  at::Tensor images = at::zeros({1, 3, 1, 1}, at::kFloat);
  images[0][0].fill_(45);  // blue: 45 / 0.5 + 10
  const Image picture = batch_picture(images, n);
  EXPECT_EQ(pixel(picture, 0, 0), (std::vector<int>{30, 20, 100}));
}

TEST(BatchPicture, AddsAMeanFileBackAsItsAverage) {
  Normalization n{.channels = 1, .factor = {1, 1, 1}};
  n.mean = MeanImage{1, 1, 2, {40, 60}};
  const Image picture =
      batch_picture(at::full({1, 1, 1, 1}, 5.0, at::kFloat), n);
  EXPECT_EQ(pixel(picture, 0, 0), std::vector<int>{55});
}

TEST(BatchPicture, PutsSixteenSamplesIntoASquare) {
  const Normalization n{.channels = 1, .factor = {1, 1, 1}};
  at::Tensor images = at::zeros({20, 1, 3, 5}, at::kFloat);
  for (int i = 0; i < 20; ++i) {
    images[i].fill_(10 * i + 1);
  }
  const Image picture = batch_picture(images, n);
  EXPECT_EQ(picture.height, 4 * 3 + 3 * 2);
  EXPECT_EQ(picture.width, 4 * 5 + 3 * 2);
  EXPECT_EQ(pixel(picture, 0, 0), std::vector<int>{1});
  EXPECT_EQ(pixel(picture, 2, 4), std::vector<int>{1});
  EXPECT_EQ(pixel(picture, 0, 5), std::vector<int>{0}) << "the gap";
  EXPECT_EQ(pixel(picture, 0, 7), std::vector<int>{11});
  EXPECT_EQ(pixel(picture, 5, 0), std::vector<int>{41});
  EXPECT_EQ(pixel(picture, 17, 25), std::vector<int>{151});
}

TEST(BatchPicture, LeavesEmptyPlacesBlack) {
  const Normalization n{.channels = 1, .factor = {1, 1, 1}};
  const Image picture =
      batch_picture(at::full({3, 1, 4, 4}, 200.0, at::kFloat), n);
  EXPECT_EQ(picture.height, 10);
  EXPECT_EQ(picture.width, 10);
  EXPECT_EQ(pixel(picture, 9, 3), std::vector<int>{200});
  EXPECT_EQ(pixel(picture, 9, 9), std::vector<int>{0});
}

TEST(BatchPicture, KeepsValuesWithinABytesRange) {
  const Normalization n{.channels = 1, .factor = {1, 1, 1}};
  at::Tensor images = at::zeros({1, 1, 1, 4}, at::kFloat);
  images[0][0][0][0].fill_(-20);
  images[0][0][0][1].fill_(300);
  images[0][0][0][2].fill_(std::numeric_limits<float>::quiet_NaN());
  images[0][0][0][3].fill_(99.6);
  const Image picture = batch_picture(images, n);
  EXPECT_EQ(pixel(picture, 0, 0), std::vector<int>{0});
  EXPECT_EQ(pixel(picture, 0, 1), std::vector<int>{255});
  EXPECT_EQ(pixel(picture, 0, 2), std::vector<int>{0});
  EXPECT_EQ(pixel(picture, 0, 3), std::vector<int>{100});
}

}  // namespace
}  // namespace convoy
