// verify and mean.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/importers/import.h"
#include "data/importers/mean.h"
#include "data/importers/verify.h"
#include "data/store/writer.h"
#include "tests/data/importers/photos.h"
#include "tests/data/store/foreign.h"
#include "tests/support/small_database.h"

namespace convoy {
namespace {

using testing::as_bytes;
using ::testing::ElementsAre;
using testing::foreign;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::read_bytes;
using testing::save_classes;
using testing::TempDir;
using ::testing::ThrowsMessage;
using testing::write_bytes;

TEST(Verify, FindsNothingInAGoodDatabase) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 20);
  import_folder(dir / "src", {.output = dir / "db"});
  const VerifyReport report = verify(Database(dir / "db"));
  EXPECT_EQ(report.records, 40u);
  EXPECT_EQ(report.checksums, 40u);
  EXPECT_THAT(report.bad, IsEmpty());
  EXPECT_THAT(report.doubtful, IsEmpty());
}

TEST(Verify, NamesTheRecordWithAFlippedBit) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 20);
  import_folder(
      dir / "src",
      {.output = dir / "db", .keep_bytes = true, .shuffle = false});
  auto bytes = read_bytes(dir / "db/data.mdb");
  const auto file = read_bytes(dir / "src/a/7.jpg");
  const auto place =
      std::search(bytes.begin(), bytes.end(), file.begin(), file.end());
  ASSERT_NE(place, bytes.end());
  place[file.size() / 2] ^= 0x10;
  write_bytes(dir / "db/data.mdb", bytes);
  const Database database(dir / "db");
  for (const int workers : {1, 4}) {
    const VerifyReport report = verify(database, workers);
    ASSERT_EQ(report.bad.size(), 1u);
    EXPECT_THAT(report.bad[0].key, HasSubstr("_a/7.jpg"));
    EXPECT_THAT(report.bad[0].reason, HasSubstr("its checksum is"));
  }
  Datum datum;
  int bad = 0;
  for (std::size_t i = 0; i < database.size(); ++i) {
    try {
      database.read_datum(i, true, datum);
    } catch (const BadData& error) {
      EXPECT_THAT(
          error.what(),
          AllOf(HasSubstr("_a/7.jpg' of /"), HasSubstr(dir / "db")));
      ++bad;
    }
    EXPECT_NO_THROW(database.read_datum(i, false, datum));
  }
  EXPECT_EQ(bad, 1);
}

TEST(Verify, TellsBadRecordsFromDoubtfulOnes) {
  const TempDir dir;
  const auto whole = testing::jpeg_bytes(testing::photo(1, 60, 60));
  Writer writer(dir / "db");
  Datum datum;
  datum.encoded = true;
  datum.data = whole;
  writer.add("0 good", datum);
  datum.height = datum.width = 60;
  datum.data = datum.data.first(whole.size() * 3 / 4);
  writer.add("1 cut", datum);
  datum.data = as_bytes("<html>");
  writer.add("2 page", datum);
  writer.finish();
  const VerifyReport report = verify(Database(dir / "db"), 2);
  ASSERT_EQ(report.bad.size(), 1u);
  EXPECT_EQ(report.bad[0].key, "2 page");
  ASSERT_EQ(report.doubtful.size(), 1u);
  EXPECT_EQ(report.doubtful[0].key, "1 cut");
}

TEST(Verify, ReadsForeignDatabases) {
  const VerifyReport encoded = verify(Database(foreign("encoded")));
  EXPECT_EQ(encoded.records, 70u);
  EXPECT_EQ(encoded.checksums, 0u);
  EXPECT_THAT(encoded.bad, IsEmpty());
  EXPECT_EQ(verify(Database(foreign("pickled"))).bad.size(), 4u);
}

TEST(Mean, IsPerPixelWhenSizesAgree) {
  const Database database(foreign("bgr_raw"));
  const auto pixels = read_bytes(foreign("bgr_raw.pixels"));
  for (const int workers : {1, 3}) {
    const DatasetMean mean = compute_mean(database, {.workers = workers});
    EXPECT_TRUE(mean.per_pixel);
    EXPECT_EQ(mean.image.channels, 3);
    EXPECT_EQ(mean.image.height, 6);
    EXPECT_EQ(mean.image.width, 8);
    for (int c = 0; c < 3; ++c) {
      double channel = 0;
      for (int i = 0; i < 48; ++i) {
        double sum = 0;
        for (int n = 0; n < 40; ++n) {
          sum += pixels[n * 144 + i * 3 + (2 - c)];
        }
        channel += sum;
        EXPECT_EQ(mean.image.values[c * 48 + i], static_cast<float>(sum / 40));
      }
      EXPECT_DOUBLE_EQ(mean.channel_mean[c], channel / (40 * 48));
    }
  }
}

TEST(Mean, IsPerChannelWhenSizesDiffer) {
  const DatasetMean mean = compute_mean(Database(foreign("encoded")));
  EXPECT_FALSE(mean.per_pixel);
  EXPECT_EQ(mean.image.height, 1);
  EXPECT_EQ(mean.image.width, 1);
  ASSERT_EQ(mean.image.values.size(), 3u);
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(mean.channel_mean[c], 127.5, 3);  // of random pixels
    EXPECT_EQ(mean.image.values[c], static_cast<float>(mean.channel_mean[c]));
  }
  const DatasetMean again =
      compute_mean(Database(foreign("encoded")), {.workers = 5});
  EXPECT_EQ(again.channel_mean, mean.channel_mean);
  EXPECT_EQ(again.channel_stddev, mean.channel_stddev);
}

TEST(Mean, OfGrayIsGrayAndSpreadIsThatOfPixels) {
  const TempDir dir;
  Writer writer(dir / "db");
  Datum datum;
  datum.channels = 1;
  datum.height = 1;
  datum.width = 2;
  datum.data = as_bytes("\x0A\x14");
  writer.add("a", datum);
  datum.data = as_bytes("\x1E\x28");
  writer.add("b", datum);
  writer.finish();
  const DatasetMean mean = compute_mean(Database(dir / "db"));
  EXPECT_THAT(mean.image.values, ElementsAre(20, 30));
  EXPECT_THAT(mean.channel_mean, ElementsAre(25));
  EXPECT_DOUBLE_EQ(mean.channel_stddev[0], std::sqrt(125.0));
  EXPECT_EQ(
      compute_mean(Database(dir / "db"), {.channels = 3}).image.channels, 3);
}

// Records of floats, as some of Caffe's users store features.
void write_floats(
    const std::string& path, const std::vector<std::vector<float>>& records) {
  Writer writer(path);
  for (std::size_t i = 0; i < records.size(); ++i) {
    Datum datum;
    datum.channels = 3;
    datum.height = 1;
    datum.width = 2;
    datum.float_data = records[i];
    writer.add(std::to_string(i), datum);
  }
  writer.finish();
}

TEST(Mean, OfFloatsIsThatOfTheValuesTheyHold) {
  const TempDir dir;
  write_floats(dir / "db", {{-3, 0.5, 1, 2, 300, 4}, {1, 0, 2, 2, 100, 8}});
  for (const int workers : {1, 3}) {
    const DatasetMean mean =
        compute_mean(Database(dir / "db"), {.workers = workers});
    EXPECT_TRUE(mean.per_pixel);
    EXPECT_EQ(mean.image.channels, 3);
    EXPECT_THAT(mean.image.values, ElementsAre(-1, 0.25, 1.5, 2, 200, 6));
    EXPECT_THAT(mean.channel_mean, ElementsAre(-0.375, 1.75, 103));
    EXPECT_DOUBLE_EQ(mean.channel_stddev[1], std::sqrt(0.1875));
  }
}

TEST(Mean, OfFloatsAndBytesOfThePixelsIsTheSame) {
  const DatasetMean packed = compute_mean(Database(foreign("floats_packed")));
  const auto pixels = read_bytes(foreign("bgr_raw.pixels"));
  for (int c = 0; c < 3; ++c) {
    double sum = 0;
    for (int i = 0; i < 6 * 48; ++i) {
      sum += pixels[i * 3 + (2 - c)];
    }
    EXPECT_DOUBLE_EQ(packed.channel_mean[c], sum / (6 * 48));
  }
  EXPECT_EQ(
      compute_mean(Database(foreign("floats"))).image.values,
      packed.image.values);
}

TEST(Mean, TakesTheBytesOfARecordThatHoldsFloatsToo) {
  const TempDir dir;
  const DatasetMean mean =
      compute_mean(Database(testing::write_bytes_and_floats(dir / "db")));
  EXPECT_THAT(mean.channel_mean, ElementsAre(15, 35, 55));
}

TEST(Mean, TellsFloatsThatCantBeAveraged) {
  const TempDir dir;
  write_floats(dir / "nan", {{1, 2, 3, 4, 5, std::nanf("")}});
  EXPECT_THAT(
      [&] { compute_mean(Database(dir / "nan")); },
      ThrowsMessage<BadData>(AllOf(
          HasSubstr("'0' of"), HasSubstr("nan, which is no finite number"))));
  write_floats(dir / "db", {{1, 2, 3, 4, 5, 6}});
  EXPECT_THAT(
      [&] { compute_mean(Database(dir / "db"), {.channels = 1}); },
      ThrowsMessage<BadData>(HasSubstr("of 3 channels, and 1 are averaged")));
}

TEST(Mean, OfNothingIsAnError) {
  EXPECT_THAT(
      [] { compute_mean(Database(foreign("empty"))); },
      ThrowsMessage<BadData>(HasSubstr("holds no records")));
}

}  // namespace
}  // namespace convoy
