// Caffe's mean files, old and new.

#include "data/store/mean_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "data/errors.h"
#include "tests/support/files.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

using testing::as_bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using namespace std::string_literals;

const std::string kOneTwo = "\0\0\x80\x3F\0\0\0\x40"s;  // 1 and 2 as floats

TEST(MeanFile, ReadsTheOldShape) {
  const MeanImage mean = parse_mean(
      as_bytes("\x08\x01\x10\x01\x18\x02\x20\x01\x2A\x08"s + kOneTwo));
  EXPECT_EQ(mean.channels, 1);
  EXPECT_EQ(mean.height, 2);
  EXPECT_EQ(mean.width, 1);
  EXPECT_THAT(mean.values, ElementsAre(1, 2));
}

TEST(MeanFile, ReadsTheNewShapeAndDoubles) {
  const std::string shape = "\x3A\x06\x0A\x04\x01\x01\x01\x02"s;
  const std::string doubles = "\x42\x10\0\0\0\0\0\0\xF0\x3F\0\0\0\0\0\0\0\x40"s;
  const MeanImage mean = parse_mean(as_bytes(shape + doubles));
  EXPECT_EQ(mean.width, 2);
  EXPECT_THAT(mean.values, ElementsAre(1, 2));
  const std::string three = "\x3A\x08\x08\x01\x08\x02\x08\x01\x08\x01"s;
  EXPECT_THROW(parse_mean(as_bytes(three + doubles)), BadData);
}

TEST(MeanFile, ComesBackAsItWasWritten) {
  const testing::TempDir dir;
  MeanImage mean{3, 4, 5, std::vector<float>(60)};
  for (std::size_t i = 0; i < mean.values.size(); ++i) {
    mean.values[i] = static_cast<float>(i) * 1.25f;
  }
  write_mean_file(dir / "mean.binaryproto", mean);
  const MeanImage back = read_mean_file(dir / "mean.binaryproto");
  EXPECT_EQ(back.channels, 3);
  EXPECT_EQ(back.height, 4);
  EXPECT_EQ(back.width, 5);
  EXPECT_EQ(back.values, mean.values);
  mean.values[0] = -1;
  write_mean_file(dir / "mean.binaryproto", mean);
  EXPECT_EQ(read_mean_file(dir / "mean.binaryproto").values[0], -1);
}

TEST(MeanFile, WritesTheTagsOfCaffe) {
  EXPECT_EQ(
      serialise_mean({1, 2, 1, {1, 2}}),
      "\x08\x01\x10\x01\x18\x02\x20\x01\x2A\x08"s + kOneTwo);
}

TEST(MeanFile, RefusesWhatDoesNotFit) {
  const testing::TempDir dir;
  EXPECT_THROW(read_mean_file(dir / "none"), MissingInput);
  testing::write_text(dir / "text", "hello");
  EXPECT_THAT(
      [&] { read_mean_file(dir / "text"); },
      ThrowsMessage<BadData>(HasSubstr(dir / "text")));
  EXPECT_THAT(
      [&] {
        parse_mean(
            as_bytes("\x08\x01\x10\x03\x18\x02\x20\x01\x2A\x08"s + kOneTwo));
      },
      ThrowsMessage<BadData>(HasSubstr("2 values in the shape 3 x 2 x 1")));
  EXPECT_THROW(parse_mean({}), BadData);
}

TEST(MeanFile, IsTotalOnAnyBytes) {
  const std::string whole =
      "\x3A\x06\x0A\x04\x01\x01\x01\x02\x2A\x08"s + kOneTwo;
  std::mt19937 random(3);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = whole.substr(0, 1 + random() % whole.size());
    bytes[random() % bytes.size()] = static_cast<char>(random());
    const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
    try {
      parse_mean(exact);
    } catch (const BadData&) {
    }
  }
}

}  // namespace
}  // namespace convoy
