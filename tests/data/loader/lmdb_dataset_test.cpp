#include "data/loader/lmdb_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "data/errors.h"
#include "data/loader/loader.h"
#include "data/store/writer.h"
#include "tests/data/store/foreign.h"
#include "tests/support/pictures.h"
#include "tests/support/small_database.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using testing::foreign;
using ::testing::HasSubstr;
using testing::TempDir;
using ::testing::ThrowsMessage;

TEST(LmdbDataset, ReadsPicturesLabelsAndKeysFromManyThreads) {
  const LmdbDataset dataset(foreign("encoded"), {});
  ASSERT_GT(dataset.size(), 10U);
  std::vector<Sample> alone(dataset.size());
  for (std::uint64_t i = 0; i < dataset.size(); ++i) {
    dataset.read(i, alone[i]);
    EXPECT_EQ(alone[i].image.channels, 3);
    EXPECT_THAT(alone[i].key, HasSubstr("n" + std::to_string(i % 5)));
    EXPECT_EQ(alone[i].label, static_cast<std::int64_t>(i % 5));
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      Sample sample;  // reused
      for (std::uint64_t i = 0; i < dataset.size(); ++i) {
        dataset.read(i, sample);
        EXPECT_EQ(sample.image.pixels, alone[i].image.pixels);
        EXPECT_EQ(sample.key, alone[i].key);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(LmdbDataset, GivesGrayToGrayNetworks) {
  const LmdbDataset dataset(
      foreign("bgr_raw"), {.channels = 1, .verify_checksums = true});
  Sample sample;
  dataset.read(0, sample);
  EXPECT_EQ(sample.image.channels, 1);
  EXPECT_FALSE(sample.is_floats);
}

TEST(LmdbDataset, KeepsFloatRecordsAsFloats) {
  const LmdbDataset floats(foreign("floats_unit"), {});
  const LmdbDataset pictures(foreign("bgr_raw"), {});
  Sample sample;
  floats.read(0, sample);
  ASSERT_TRUE(sample.is_floats);
  EXPECT_EQ(sample.floats.channels, 3);
  EXPECT_EQ(sample.floats.height, 6);
  EXPECT_EQ(sample.floats.width, 8);
  EXPECT_GT(sample.floats.values[0], 0.0F);
  EXPECT_LT(sample.floats.values[0], 1.0F);
  pictures.read(0, sample);  // the same object
  EXPECT_FALSE(sample.is_floats);
  EXPECT_EQ(sample.image.height, 6);
}

TEST(LmdbDataset, TakesTheBytesOfARecordThatHoldsFloatsToo) {
  const TempDir dir;
  Sample sample;
  LmdbDataset(testing::write_bytes_and_floats(dir / "db"), {}).read(0, sample);
  EXPECT_FALSE(sample.is_floats);
  EXPECT_THAT(sample.image.pixels, ElementsAre(50, 30, 10, 60, 40, 20));  // RGB
}

TEST(LmdbDataset, RefusesAnEmptyDatabase) {
  EXPECT_THAT(
      [] { LmdbDataset(foreign("empty"), {}); },
      ThrowsMessage<BadData>(HasSubstr("no records")));
}

/// Three pictures, of which the second is no picture at all.
class DamagedRecord : public ::testing::Test {
 protected:
  DamagedRecord() : path_(folder_ / "damaged") {
    Writer writer(path_);
    for (int i = 0; i < 3; ++i) {
      const Image picture =
          testing::random_picture(8, 8, 1, static_cast<unsigned>(i));
      Datum datum{
          .channels = 1,
          .height = 8,
          .width = 8,
          .label = i,
          .has_label = true,
          .encoded = i == 1,
          .data = picture.pixels,
          .float_data = {},
          .checksum = {}};
      writer.add("record" + std::to_string(i), datum);
    }
    writer.finish();
  }
  TempDir folder_;
  std::string path_;
};

TEST_F(DamagedRecord, IsBadDataWithDatabaseAndKey) {
  const LmdbDataset dataset(path_, {});
  Sample sample;
  EXPECT_NO_THROW(dataset.read(0, sample));
  EXPECT_THAT(
      [&] { dataset.read(1, sample); },
      ThrowsMessage<BadData>(
          ::testing::AllOf(HasSubstr("record1"), HasSubstr(path_))));
  EXPECT_EQ(sample.key, "record1");
}

TEST_F(DamagedRecord, IsListedByALoaderThatSkips) {
  const LmdbDataset dataset(path_, {});
  LoaderOptions options;
  options.ring_batches = 2;
  options.batch_capacity = 3;
  options.sample_values = 8 * 8 * 3;
  options.end_batch = 2;
  options.bad_samples = BadSamples::replace;
  AugmentOptions crop;
  crop.crop = Crop::none;
  crop.crop_px = 8;
  Loader loader(
      {dataset,
       training_transform(
           crop, 1, std::make_shared<Normalization>(normalization({}, 3))),
       training_source({3, 3, Tail::wrap, 1}, {{0, 3}})},
      options);
  while (const auto batch = loader.next()) {
    for (std::size_t i = 0; i < batch->count(); ++i) {
      EXPECT_NE(batch->sample_ids()[i], 1);
    }
  }
  ASSERT_EQ(loader.bad_samples().size(), 1U);
  EXPECT_EQ(loader.bad_samples()[0].key, "record1");
}

}  // namespace
}  // namespace convoy
