// The mean picture's way through a checkpoint.

#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/store/mean_file.h"
#include "tests/support/temp_dir.h"
#include "trainer/checkpoint/contents.h"
#include "trainer/loop/run_data.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A config of Caffe's style with a mean file of 2 x 3 pixels.
Config caffe(const testing::TempDir& folder) {
  MeanImage mean{3, 2, 3, {}};
  for (int i = 0; i < 18; ++i) {
    mean.values.push_back(100 + static_cast<float>(i) / 3);
  }
  Config c;
  c.normalize.style = PixelStyle::caffe;
  c.normalize.scale = 0.5;
  c.normalize.mean_file = folder / "mean.binaryproto";
  write_mean_file(c.normalize.mean_file, mean);
  return c;
}

TEST(MeanPicture, TravelsWithTheCheckpoint) {
  const testing::TempDir folder;
  const Config config = caffe(folder);
  const auto original = make_normalization(config.normalize, 3);
  ASSERT_TRUE(original->mean);
  TensorFile file;
  add_mean(*original, file);
  write_tensor_file(folder / "c.safetensors", file);
  // The mean file itself may be gone by then.
  std::filesystem::remove(config.normalize.mean_file);
  const Normalization back =
      normalization_of(config, read_tensor_file(folder / "c.safetensors"));
  ASSERT_TRUE(back.mean);
  EXPECT_EQ(back.mean->height, 2);
  EXPECT_EQ(back.mean->width, 3);
  EXPECT_EQ(back.mean->channels, 3);
  EXPECT_EQ(back.mean->values, original->mean->values);
  EXPECT_EQ(back.factor, original->factor);
  EXPECT_EQ(back.bgr, original->bgr);
}

TEST(MeanPicture, IsMissedWhenTheConfigWantsOne) {
  const testing::TempDir folder;
  EXPECT_THAT(
      [&] { normalization_of(caffe(folder), {}); },
      ThrowsMessage<BadData>(HasSubstr("lacks the mean picture")));
}

TEST(MeanPicture, OfAnotherShapeIsRefused) {
  const testing::TempDir folder;
  const Config config = caffe(folder);
  for (const at::Tensor& wrong :
       {at::zeros({2, 3}),
        at::zeros({2, 3, 1}),
        at::zeros({2, 3, 3}, at::kDouble)}) {
    EXPECT_THAT(
        [&] {
          normalization_of(config, {{{"normalize.mean", wrong}}, {}});
        },
        ThrowsMessage<BadData>(HasSubstr("the checkpoint's mean picture is")));
  }
}

TEST(MeanPicture, IsNotAddedWhereThereIsNone) {
  TensorFile file;
  add_mean(*make_normalization(NormalizeOptions{}, 3), file);
  EXPECT_TRUE(file.tensors.empty());
  const Normalization back = normalization_of(Config{}, file);
  EXPECT_FALSE(back.mean);
  EXPECT_EQ(back.offset, make_normalization(NormalizeOptions{}, 3)->offset);
}

}  // namespace
}  // namespace convoy
