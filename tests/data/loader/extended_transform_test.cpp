// Augmentations of one's own in the loader.

#include "data/loader/extended_transform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/data/loader/fakes.h"

namespace convoy {
namespace {

using testing::Delivered;
using testing::drain;
using testing::FakeDataset;
using ::testing::HasSubstr;
using testing::kValues;
using testing::options_for;
using testing::shuffled;
using ::testing::ThrowsMessage;

/// Every pixel becomes a number that is drawn for the sample.
Augmentation painted(double probability) {
  return {
      .name = "painted",
      .on_picture =
          [](Image& picture, const AugmentationValues&, AugmentationDraws& d) {
            const double shade = d.uniform(0, 256);
            std::fill(
                picture.pixels.begin(),
                picture.pixels.end(),
                static_cast<std::uint8_t>(shade));
          },
      .probability = probability};
}

/// Adds a key's value to the first channel.
Augmentation lifted(double by, double probability = 1) {
  return {
      .name = "lifted",
      .keys = {{.name = "by", .value = by}},
      .on_finished =
          [](const FinishedSample& sample,
             const AugmentationValues& values,
             AugmentationDraws&) {
            const int count = sample.height * sample.width * sample.channels;
            for (int i = 0; i < count; i += sample.channels) {
              sample.values[i] += static_cast<float>(values.at("by"));
            }
          },
      .probability = probability};
}

MakeTransform transform_with(std::vector<Augmentation> own) {
  AugmentOptions options;
  options.crop = Crop::none;
  options.crop_px = testing::kSide;
  options.flip_horizontal = 0;
  return training_transform(
      options,
      3,
      std::make_shared<Normalization>(
          normalization({.mean = {0}, .std = {1.0 / 255}}, 3)),
      std::move(own));
}

std::vector<float> finished(
    std::vector<Augmentation> own,
    std::uint64_t index = 0,
    std::uint32_t copy = 0) {
  Sample sample;
  FakeDataset(100).read(index, sample);
  std::vector<float> out(kValues);
  transform_with(std::move(own))()(sample, {index, 0, copy}, out.data());
  return out;
}

TEST(ExtendedTransform, ChangesAPictureAsOftenAsItsProbabilitySays) {
  int changed = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    changed += finished({painted(0.3)}, i) != finished({}, i);
  }
  EXPECT_NEAR(changed, 300, 6 * 14.5);  // deviations of a binomial draw
  EXPECT_EQ(finished({painted(0)}), finished({}));
}

TEST(ExtendedTransform, GivesTheDrawnPictureToTheBuiltInOnes) {
  const std::vector<float> out = finished({painted(1)});
  EXPECT_TRUE(std::all_of(
      out.begin(), out.end(), [&](float value) { return value == out[0]; }));
  EXPECT_NE(out, finished({painted(1)}, 1)) << "each sample draws its own";
  EXPECT_NE(out, finished({painted(1)}, 0, 1)) << "and each copy of it";
}

TEST(ExtendedTransform, ChangesTheFinishedSampleByItsKey) {
  std::vector<float> wanted = finished({});
  for (std::size_t i = 0; i < wanted.size(); i += 3) {
    wanted[i] += 2.5F;
  }
  EXPECT_EQ(finished({lifted(2.5)}), wanted);
}

TEST(ExtendedTransform, DrawsTheSameBesideOthers) {
  const auto alone = finished({painted(0.5)}, 4);
  const auto beside = finished({lifted(0), painted(0.5)}, 4);
  EXPECT_EQ(alone, beside);
}

TEST(ExtendedTransform, LeavesTheSampleAsItIsForTheNextEpoch) {
  Sample sample;
  FakeDataset(1).read(0, sample);
  const std::vector<std::uint8_t> before = sample.image.pixels;
  std::vector<float> out(kValues);
  transform_with({painted(1)})()(sample, {0, 0}, out.data());
  EXPECT_EQ(sample.image.pixels, before);
}

TEST(ExtendedTransform, GivesTheSameBitsForAnyWorkersAndSlots) {
  const FakeDataset dataset(60);
  const auto batches = [&](int workers, std::size_t ring) {
    LoaderInput input = shuffled(dataset);
    input.make_transform = transform_with({painted(0.5), lifted(1, 0.5)});
    Loader loader(std::move(input), options_for(workers, ring));
    return drain(loader);
  };
  const std::vector<Delivered> one = batches(1, 1);
  ASSERT_FALSE(one.empty());
  EXPECT_EQ(batches(4, 3), one);
}

TEST(ExtendedTransform, RefusesAPictureThatIsNone) {
  Augmentation grayed = painted(1);
  grayed.on_picture =
      [](Image& picture, const AugmentationValues&, AugmentationDraws&) {
        picture.resize(picture.height, picture.width, 1);
      };
  EXPECT_THAT(
      [&] { finished({grayed}); },
      ThrowsMessage<std::logic_error>(
          HasSubstr("the augmentation painted left 480 bytes as a picture of "
                    "20x24x1 (height x width x channels); want as many bytes, "
                    "and 3 channels")));
}

TEST(ExtendedTransform, RefusesAPictureOperationOnFloats) {
  Sample sample;
  sample.is_floats = true;
  sample.float_values.resize(kValues);
  sample.floats = {
      3, testing::kSide, testing::kSide, sample.float_values.data()};
  std::vector<float> out(kValues);
  EXPECT_THAT(
      [&] { transform_with({painted(1)})()(sample, {}, out.data()); },
      ThrowsMessage<BadData>(
          HasSubstr("set extensions.painted.probability to 0")));
  EXPECT_NO_THROW(transform_with({lifted(1)})()(sample, {}, out.data()));
}

}  // namespace
}  // namespace convoy
