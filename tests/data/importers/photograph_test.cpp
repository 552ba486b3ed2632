// A picture file reads like the record that an import made of it.

#include "data/importers/photograph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/importers/import.h"
#include "data/importers/provenance.h"
#include "data/loader/lmdb_dataset.h"
#include "data/store/sidecar.h"
#include "tests/data/importers/photos.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using testing::save_classes;
using testing::TempDir;
using ::testing::ThrowsMessage;

struct Case {
  const char* name;
  ImportOptions options;
  int channels;
};

const Case kCases[] = {
    {"untouched", {}, 3},
    {"half_crop",
     {.resize = ResizeMode::half_crop, .height = 20, .width = 28},
     3},
    {"gray_raw",
     {.resize = ResizeMode::squash,
      .height = 17,
      .width = 17,
      .gray = true,
      .store_as = StoreAs::raw},
     3},
    {"gray_for_gray", {.gray = true, .store_as = StoreAs::png}, 1},
    {"low_quality",
     {.resize = ResizeMode::crop,
      .height = 24,
      .width = 24,
      .store_as = StoreAs::jpeg,
      .jpeg_quality = 30},
     3}};

class Photograph : public ::testing::TestWithParam<Case> {};

TEST_P(Photograph, HasThePixelsOfItsRecord) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 4);
  ImportOptions options = GetParam().options;
  options.output = dir / "db";
  options.split.val = 0;
  import_folder(dir / "src", options);
  const int channels = GetParam().channels;
  PhotographReader reader(
      picture_options(read_sidecar(Database(dir / "db"))->made_by),
      channels == 1 ? Colour::gray : Colour::rgb);
  const LmdbDataset records(dir / "db", {.channels = channels});
  ASSERT_EQ(records.size(), 8u);
  for (std::uint64_t i = 0; i < records.size(); ++i) {
    Sample sample;
    records.read(i, sample);
    const std::string name = sample.key.substr(sample.key.find('_') + 1);
    Image image;
    reader.read(dir / ("src/" + name), image);
    EXPECT_EQ(image.height, sample.image.height);
    EXPECT_EQ(image.channels, channels);
    EXPECT_TRUE(image.pixels == sample.image.pixels) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    , Photograph, ::testing::ValuesIn(kCases), [](const auto& it) {
      return std::string(it.param.name);
    });

TEST(PhotographReader, RefusesWhatAnImportWould) {
  const TempDir dir;
  testing::write_text(dir / "page.jpg", "<html>");
  PhotographReader reader({}, Colour::rgb);
  Image image;
  EXPECT_THROW(reader.read(dir / "page.jpg", image), BadData);
}

TEST(PictureOptions, AreTheDefaultOfADatabaseOfUnknownMaking) {
  const ImportOptions options = picture_options({{"command", "convert"}});
  EXPECT_EQ(options.resize, ResizeMode::none);
  EXPECT_EQ(options.store_as, StoreAs::file);
  EXPECT_FALSE(options.gray);
}

TEST(PictureOptions, NameWhatTheyCantRead) {
  EXPECT_THAT(
      [] {
        picture_options({{"resize", "melt 3 x 4"}});
      },
      ThrowsMessage<BadData>(HasSubstr("resize \"melt\"; this convoy knows")));
  EXPECT_THAT(
      [] {
        picture_options({{"resize", "crop 0 x 4"}});
      },
      ThrowsMessage<BadData>(HasSubstr("\"crop 0 x 4\"")));
  EXPECT_THAT(
      [] {
        picture_options({{"resize", "crop 4 x 2000000000"}});
      },
      ThrowsMessage<BadData>(HasSubstr("a height of 1 to 8192")));
  EXPECT_THAT(
      [] {
        picture_options({{"jpeg_quality", "best"}});
      },
      ThrowsMessage<BadData>(HasSubstr("\"best\"; want 1 to 100")));
}

}  // namespace
}  // namespace convoy
