// What an import stores, in which order, and what it notices.

#include "data/importers/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/store/pixels.h"
#include "data/store/sidecar.h"
#include "tests/data/image/pictures.h"
#include "tests/data/importers/photos.h"
#include "tests/support/small_disk.h"

namespace convoy {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::jpeg_bytes;
using testing::labels_in;
using testing::names_in;
using ::testing::Not;
using testing::photo;
using testing::picture;
using testing::read_bytes;
using testing::save_classes;
using testing::save_jpeg;
using testing::TempDir;
using ::testing::ThrowsMessage;
using testing::write_bytes;
namespace fs = std::filesystem;

TEST(Import, ItsBytesDoNotDependOnTheWorkers) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b", "c"}, 30);
  testing::write_text(dir / "src/b/bad.jpg", "x");
  std::vector<std::uint8_t> data;
  std::string facts;
  for (const int workers : {1, 2, 7}) {
    const std::string path = dir / ("db" + std::to_string(workers));
    const ImportReport report = import_folder(
        dir / "src",
        {.output = path,
         .resize = ResizeMode::fill,
         .height = 20,
         .width = 20,
         .workers = workers});
    EXPECT_EQ(report.refused.size(), 1u);
    if (workers == 1) {
      data = read_bytes(path + "/data.mdb");
      facts = testing::read_text(path + "/dataset.json");
    }
    EXPECT_TRUE(read_bytes(path + "/data.mdb") == data) << workers;
    EXPECT_EQ(testing::read_text(path + "/dataset.json"), facts);
  }
}

TEST(Import, ShufflesByKeyAndSeed) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 20);
  const auto order = [&](const std::string& name, std::uint64_t seed) {
    import_folder(dir / "src", {.output = dir / name, .seed = seed});
    return names_in(Database(dir / name));
  };
  const auto first = order("one", 1);
  EXPECT_EQ(order("same", 1), first);
  EXPECT_NE(order("other", 2), first);
  EXPECT_FALSE(std::is_sorted(first.begin(), first.end()));
  // One more picture finds its place and moves no two others past each other.
  save_jpeg(dir / "src/b/new.jpg", 999);
  auto more = order("more", 1);
  EXPECT_EQ(std::erase(more, "b/new.jpg"), 1u);
  EXPECT_EQ(more, first);
}

TEST(Import, StoresRawPixelsAsCaffeDoes) {
  const TempDir dir;
  std::vector<std::uint8_t> png;
  encode_png(photo(4), 6, png);
  write_bytes(dir / "src/a/x.png", png);
  import_folder(dir / "src", {.output = dir / "db", .store_as = StoreAs::raw});
  const Database database(dir / "db");
  Datum datum;
  database.read_datum(0, true, datum);
  const Image image = photo(4);
  EXPECT_FALSE(datum.encoded);
  ASSERT_EQ(datum.data.size(), 24u * 32 * 3);
  for (int i = 0; i < 24 * 32; ++i) {
    EXPECT_EQ(datum.data[i], image.pixels[3 * i + 2]);
    EXPECT_EQ(datum.data[2 * 24 * 32 + i], image.pixels[3 * i]);
  }
  Decoder decoder;
  Image back;
  to_image(datum, decoder, back);
  EXPECT_EQ(back.pixels, image.pixels);
}

TEST(Import, EncodesAgainOnlyWhereItMust) {
  const TempDir dir;
  write_bytes(dir / "src/a/colour.jpg", jpeg_bytes(photo(1)));
  write_bytes(dir / "src/a/gray.jpg", jpeg_bytes(photo(2, 24, 32, 1)));
  import_folder(
      dir / "src",
      {.output = dir / "db",
       .gray = true,
       .keep_bytes = true,
       .shuffle = false});
  const Database database(dir / "db");
  Datum datum;
  database.read_datum(0, true, datum);
  EXPECT_EQ(probe(datum.data).channels, 1);
  EXPECT_EQ(datum.channels, 1);
  database.read_datum(1, true, datum);
  const auto file = read_bytes(dir / "src/a/gray.jpg");
  EXPECT_TRUE(std::equal(
      datum.data.begin(), datum.data.end(), file.begin(), file.end()));
}

TEST(Import, ResizesAndEncodesAsAsked) {
  const TempDir dir;
  save_jpeg(dir / "src/a/x.jpg", 1);
  const auto stored = [&](const std::string& name, ImportOptions options) {
    options.output = dir / name;
    options.resize = ResizeMode::squash;
    options.height = 16;
    options.width = 12;
    import_folder(dir / "src", options);
    const Database database(dir / name);
    Datum datum;
    database.read_datum(0, true, datum);
    EXPECT_EQ(datum.height, 16);
    EXPECT_EQ(datum.width, 12);
    const ImageFacts facts = probe(datum.data);
    EXPECT_EQ(facts.height, 16);
    EXPECT_EQ(facts.width, 12);
    return std::pair(facts.format, datum.data.size());
  };
  const auto fine = stored("jpeg95", {});
  EXPECT_EQ(fine.first, ImageFormat::jpeg);
  EXPECT_LT(stored("jpeg50", {.jpeg_quality = 50}).second, fine.second);
  EXPECT_EQ(stored("png", {.store_as = StoreAs::png}).first, ImageFormat::png);
}

TEST(Import, CountsWhatRulesWereAppliedTo) {
  const TempDir dir;
  for (const std::string name :
       {"cmyk.jpg",
        "turned6.jpg",
        "gray.jpg",
        "every16.png",
        "rgba.png",
        "palette.png",
        "444.jpg"}) {
    write_bytes(dir / ("src/a/" + name), picture(name));
  }
  const ImportReport report =
      import_folder(dir / "src", {.output = dir / "db"});
  EXPECT_THAT(report.refused, IsEmpty());
  EXPECT_EQ(report.conversions.cmyk, 1u);
  EXPECT_EQ(report.conversions.turned, 1u);
  EXPECT_EQ(report.conversions.gray, 2u);
  EXPECT_EQ(report.conversions.sixteen_bit, 1u);
  EXPECT_EQ(report.conversions.alpha, 1u);
  EXPECT_EQ(report.conversions.palette, 1u);
  EXPECT_EQ(report.conversions.colour, 0u);
  const ImportReport gray =
      import_folder(dir / "src", {.output = dir / "gray", .gray = true});
  EXPECT_EQ(gray.conversions.colour, 5u);
  EXPECT_EQ(gray.conversions.gray, 0u);
}

TEST(Import, RemembersHowItWasMade) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 3);
  const ImportReport report = import_folder(
      dir / "src",
      {.output = dir / "db", .gray = true, .jpeg_quality = 88, .seed = 5});
  const auto facts = read_sidecar(Database(dir / "db"));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->made_by.at("command"), "import folder");
  EXPECT_EQ(facts->made_by.at("source"), dir / "src");
  EXPECT_EQ(facts->made_by.at("shuffle"), "seed 5");
  EXPECT_EQ(facts->made_by.at("jpeg_quality"), "88");
  EXPECT_EQ(facts->channels.max, 1);
  EXPECT_EQ(facts->fingerprint, report.parts[0].facts.fingerprint);
  EXPECT_EQ(facts->checksums, 6u);
  EXPECT_EQ(facts->in_parts, 6u);
}

TEST(Import, WarnsOfWhatWillSpoilTraining) {
  const TempDir dir;
  save_classes(dir / "src/train", {"many"}, 60);
  save_classes(dir / "src/train", {"few"}, 5, 100);
  save_classes(dir / "src/val", {"many", "few"}, 2, 200);
  save_jpeg(dir / "src/val/few/leaked.jpg", 100);
  save_jpeg(dir / "src/train/many/mislabelled.jpg", 101);
  const ImportReport report =
      import_folder(dir / "src", {.output = dir / "out", .shuffle = false});
  EXPECT_THAT(
      report.warnings,
      ::testing::UnorderedElementsAre(
          HasSubstr("1 of 2 classes have fewer than 10 pictures in train: few "
                    "(5 of 8); add pictures"),
          HasSubstr("many has 61 pictures, few has 5"),
          HasSubstr("sorted by class"),
          HasSubstr("1 picture is there more than once in different parts"),
          HasSubstr("1 picture is there more than once under different "
                    "labels")));
  ASSERT_EQ(report.duplicates.size(), 2u);
  EXPECT_TRUE(report.duplicates[0].across_splits);
  EXPECT_THAT(
      report.duplicates[0].names,
      ::testing::ElementsAre("train/few/0.jpg", "val/few/leaked.jpg"));
  EXPECT_TRUE(report.duplicates[1].across_classes);
}

TEST(Import, HasNothingToWarnOfInAGoodDataset) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 12);
  const ImportReport report =
      import_folder(dir / "src", {.output = dir / "db"});
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_THAT(report.duplicates, IsEmpty());
}

TEST(Import, RefusesOptionsThatMakeNoSense) {
  const TempDir dir;
  save_classes(dir / "src", {"a"}, 1);
  const auto refused = [&](const ImportOptions& options, const char* why) {
    EXPECT_THAT(
        [&] { check_options(options); },
        ThrowsMessage<BadData>(HasSubstr(why)));
    EXPECT_THROW(import_folder(dir / "src", options), BadData);
  };
  const std::string db = dir / "db";
  refused({}, "name the database to write");
  refused(
      {.output = db, .resize = ResizeMode::crop},
      "resize mode crop needs a target size of 1 to 8192 pixels a side; width "
      "and height are 0 x 0");
  refused(
      {.output = db, .resize = ResizeMode::fill, .height = 9, .width = 8193},
      "width and height are 8193 x 9");
  refused({.output = db, .jpeg_quality = 0}, "quality is 0; wanted: 1 to 100");
  refused({.output = db, .jpeg_quality = 101}, "wanted: 1 to 100");
  refused({.output = db, .split = {.val = 1}}, "less than 1 together");
  refused(
      {.output = db,
       .split = {.group_by = GroupBy::pattern, .group_pattern = "("}},
      "the group pattern '(' can't be understood");
  EXPECT_FALSE(fs::exists(db));
}

TEST(Import, AFullDiskLeavesNothing) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 60);
  fs::create_directories(dir / "disk");
  const testing::SmallDisk disk(dir / "disk", 64);
  EXPECT_THAT(
      [&] {
        import_folder(
            dir / "src", {.output = dir / "disk/out", .split = {.val = 0.5}});
      },
      ThrowsMessage<WriteFailure>(HasSubstr(disk.words())));
  EXPECT_FALSE(fs::exists(dir / "disk/out/train.lmdb"));
  EXPECT_FALSE(fs::exists(dir / "disk/out/val.lmdb"));
}

}  // namespace
}  // namespace convoy
