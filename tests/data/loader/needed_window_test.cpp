// What is decoded of a picture is enough for what is done with it.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "data/image/encode.h"
#include "data/importers/import.h"
#include "data/loader/lmdb_dataset.h"
#include "data/loader/transform.h"
#include "tests/support/files.h"
#include "tests/support/pictures.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using testing::TempDir;

constexpr int kCropPx = 48;

/// Photographs of several sizes and kinds; imported as they are, and written
/// anew for decoding in parts.
class Imported {
 public:
  Imported() {
    const struct {
      int height, width;
      Chroma chroma;
    } kinds[] = {
        {300, 410, Chroma::half_420},
        {257, 333, Chroma::full_444},
        {480, 200, Chroma::half_420},
        {60, 700, Chroma::full_444}};
    int number = 0;
    for (const auto& kind : kinds) {
      Image image = testing::smooth_picture(kind.height, kind.width, 3);
      std::mt19937 random(number);
      for (std::uint8_t& value : image.pixels) {
        value = static_cast<std::uint8_t>(value + random() % 17);
      }
      std::vector<std::uint8_t> bytes;
      encode_jpeg(image, {.quality = 92, .chroma = kind.chroma}, bytes);
      testing::write_bytes(
          dir_ / ("src/a/" + std::to_string(number++) + ".jpg"), bytes);
    }
    for (const bool keep : {false, true}) {
      import_folder(
          dir_ / "src",
          {.output = dir_ / (keep ? "whole" : "parts"),
           .keep_bytes = keep,
           .shuffle = false});
    }
  }

  LmdbDataset dataset(const char* name) const {
    return LmdbDataset(dir_ / name, {});
  }

 private:
  TempDir dir_;
};

std::shared_ptr<const Normalization> plain() {
  return std::make_shared<Normalization>(normalization({}, 3));
}

/// Whether samples come out alike. Where nothing was decoded lies what a batch
/// of its own would show.
void expect_equal(const Imported& pictures, const MakeTransform& make) {
  const LmdbDataset whole = pictures.dataset("whole");
  const LmdbDataset parts = pictures.dataset("parts");
  const Transform transform = make();
  Sample sample;
  std::vector<float> want(kCropPx * kCropPx * 3);
  std::vector<float> got(kCropPx * kCropPx * 3);
  for (std::uint32_t epoch = 0; epoch < 40; ++epoch) {
    for (std::uint64_t index = 0; index < whole.size(); ++index) {
      const SampleRef ref{index, epoch};
      whole.read(index, sample);
      transform(sample, ref, want.data());
      std::fill(
          sample.image.pixels.begin(),
          sample.image.pixels.end(),
          static_cast<std::uint8_t>(epoch % 2 * 255));
      parts.read_needed(
          index,
          [&](const PictureSize& size) { return transform.needed(size, ref); },
          sample);
      transform(sample, ref, got.data());
      ASSERT_EQ(got, want) << "picture " << index << ", epoch " << epoch;
    }
  }
}

TEST(NeededWindow, IsEnoughForEveryAugmentation) {
  const Imported pictures;
  for (const Crop crop :
       {Crop::random_resized, Crop::random, Crop::center, Crop::none}) {
    for (const double degrees : {0.0, 25.0}) {
      AugmentOptions options;
      options.crop = crop;
      options.crop_px = kCropPx;
      options.flip_vertical = 0.5;
      options.rotate_degrees = degrees;
      options.translate_fraction = degrees > 0 ? 0.2 : 0;
      options.jitter = {0.3, 0.3, 0.3, 0.1};
      options.policy = AugmentPolicy::rand;
      expect_equal(pictures, training_transform(options, 5, plain()));
    }
  }
}

TEST(NeededWindow, IsEnoughForEvaluation) {
  const Imported pictures;
  for (const PixelStyle style : {PixelStyle::torchvision, PixelStyle::caffe}) {
    for (const int resize : {0, kCropPx, 2 * kCropPx}) {
      expect_equal(
          pictures,
          evaluation_transform(
              {.resize_px = resize, .crop_px = kCropPx}, style, plain()));
    }
  }
}

TEST(NeededWindow, OfASmallCropIsSmall) {
  AugmentOptions options;
  options.crop = Crop::center;
  options.crop_px = kCropPx;
  const Window window =
      training_transform(options, 1, plain())().needed({300, 400}, SampleRef{});
  EXPECT_LE(window.width, kCropPx + 8);
  EXPECT_LE(window.height, kCropPx + 8);
}

}  // namespace
}  // namespace convoy
