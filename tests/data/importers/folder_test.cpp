// A folder of classes, as users have them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/image/jpeg/segments.h"
#include "data/importers/import.h"
#include "tests/data/importers/photos.h"
#include "tests/support/privileges.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::jpeg_bytes;
using testing::labels_in;
using testing::names_in;
using testing::photo;
using testing::save_classes;
using testing::save_jpeg;
using testing::TempDir;
using ::testing::ThrowsMessage;
using testing::write_bytes;
using testing::write_text;
namespace fs = std::filesystem;

TEST(ImportFolder, SortedFoldersAreTheClasses) {
  const TempDir dir;
  save_jpeg(dir / "src/truck/a.jpg", 1);
  save_jpeg(dir / "src/truck/deep/er/b.jpg", 2);
  save_jpeg(dir / "src/Bus/c.jpg", 3);
  save_jpeg(dir / "src/car/d.jpg", 4);
  save_jpeg(dir / "src/car/.hidden.jpg", 5);
  save_jpeg(dir / "src/.cache/e.jpg", 6);
  write_text(dir / "src/README", "not a class");
  const ImportReport report =
      import_folder(dir / "src", {.output = dir / "db", .shuffle = false});
  EXPECT_THAT(report.class_names, ElementsAre("Bus", "car", "truck"));
  EXPECT_EQ(report.read, 4u);
  EXPECT_EQ(report.written, 4u);
  EXPECT_THAT(report.refused, IsEmpty());
  const Database database(dir / "db");
  EXPECT_EQ(database.read(0).key, "00000000_Bus/c.jpg");
  EXPECT_THAT(
      names_in(database),
      ElementsAre(
          "Bus/c.jpg", "car/d.jpg", "truck/a.jpg", "truck/deep/er/b.jpg"));
  EXPECT_THAT(labels_in(database), ElementsAre(0, 1, 2, 2));
}

TEST(ImportFolder, WritesJpegsAnewWithTheirPixels) {
  const TempDir dir;
  save_jpeg(dir / "src/a/x.jpg", 9);
  import_folder(dir / "src", {.output = dir / "db"});
  const Database database(dir / "db");
  Datum datum;
  database.read_datum(0, true, datum);
  EXPECT_TRUE(parse_segments(datum.segments).has_value());
  const auto file = testing::read_bytes(dir / "src/a/x.jpg");
  EXPECT_FALSE(std::equal(
      datum.data.begin(), datum.data.end(), file.begin(), file.end()));
  Decoder decoder;
  Image stored;
  Image original;
  decoder.decode(datum.data, stored);
  decoder.decode(
      {reinterpret_cast<const std::uint8_t*>(file.data()), file.size()},
      original);
  EXPECT_EQ(stored.pixels, original.pixels);
}

TEST(ImportFolder, KeepsTheFilesOwnBytesWhenToldTo) {
  const TempDir dir;
  save_jpeg(dir / "src/a/x.jpg", 9);
  import_folder(dir / "src", {.output = dir / "db", .keep_bytes = true});
  const Database database(dir / "db");
  Datum datum;
  database.read_datum(0, true, datum);
  const auto file = testing::read_bytes(dir / "src/a/x.jpg");
  EXPECT_TRUE(datum.encoded);
  EXPECT_TRUE(datum.segments.empty());
  EXPECT_EQ(datum.channels, 3);
  EXPECT_EQ(datum.height, 24);
  EXPECT_EQ(datum.width, 32);
  EXPECT_TRUE(std::equal(
      datum.data.begin(), datum.data.end(), file.begin(), file.end()));
}

TEST(ImportFolder, RefusesWhatIsNoPictureAndGoesOn) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 3);
  write_text(dir / "src/a/page.jpg", "<!DOCTYPE html><title>404</title>");
  write_text(dir / "src/a/zero.jpg", "");
  auto cut = jpeg_bytes(photo(77));
  cut.resize(cut.size() / 2);
  write_bytes(dir / "src/b/cut.jpg", cut);
  fs::create_symlink(dir / "gone.jpg", dir / "src/b/dangling.jpg");
  std::vector<std::uint8_t> png;
  encode_png(photo(5), 6, png);
  write_bytes(dir / "src/b/really_a_png.jpg", png);
  const ImportReport report =
      import_folder(dir / "src", {.output = dir / "db", .shuffle = false});
  EXPECT_EQ(report.read, 10u);
  EXPECT_EQ(report.written, 7u);
  ASSERT_EQ(report.refused.size(), 4u);
  EXPECT_EQ(report.refused[0].name, "b/dangling.jpg");
  EXPECT_THAT(report.refused[0].reason, HasSubstr("link to nothing"));
  EXPECT_EQ(report.refused[1].name, "a/page.jpg");
  EXPECT_THAT(report.refused[1].reason, HasSubstr("an HTML page"));
  EXPECT_THAT(report.refused[2].reason, HasSubstr("it is empty"));
  EXPECT_EQ(report.refused[3].name, "b/cut.jpg");
  EXPECT_THAT(report.refused[3].reason, HasSubstr("libjpeg says"));
  const Database database(dir / "db");
  EXPECT_EQ(database.size(), 7u);
  // A refused file leaves a gap in the numbers, as in Caffe's databases.
  EXPECT_EQ(database.read(6).key, "00000009_b/really_a_png.jpg");
}

TEST(ImportFolder, StopsAtTheFirstBadFileWhenStrict) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 3);
  write_text(dir / "src/a/page.jpg", "<html>");
  EXPECT_THAT(
      [&] {
        import_folder(dir / "src", {.output = dir / "db", .strict = true});
      },
      ThrowsMessage<BadData>(
          AllOf(HasSubstr(dir / "src/a/page.jpg"), HasSubstr("HTML"))));
  EXPECT_FALSE(fs::exists(dir / "db"));
}

TEST(ImportFolder, EmptyAndMissingFoldersAreErrorsInWords) {
  const TempDir dir;
  const auto import = [&](const std::string& source) {
    return
        [&dir, source] { import_folder(dir / source, {.output = dir / "db"}); };
  };
  EXPECT_THAT(
      import("none"), ThrowsMessage<MissingInput>(HasSubstr(dir / "none")));
  fs::create_directories(dir / "empty");
  EXPECT_THAT(
      import("empty"), ThrowsMessage<BadData>(HasSubstr("holds no folders")));
  save_jpeg(dir / "flat/a.jpg", 1);
  EXPECT_THAT(
      import("flat"), ThrowsMessage<BadData>(HasSubstr("one folder a class")));
  save_classes(dir / "hollow", {"a"}, 2);
  fs::create_directories(dir / "hollow/b/c");
  EXPECT_THAT(
      import("hollow"),
      ThrowsMessage<BadData>(HasSubstr("the class 'b' has no pictures")));
  save_classes(dir / "broken", {"a"}, 2);
  write_text(dir / "broken/b/x.jpg", "hello");
  EXPECT_THAT(
      import("broken"),
      ThrowsMessage<BadData>(AllOf(
          HasSubstr("no picture of class 'b'"), HasSubstr("a text file"))));
  write_text(dir / "file", "x");
  EXPECT_THAT(
      import("file"), ThrowsMessage<MissingInput>(HasSubstr("is no folder")));
  EXPECT_FALSE(fs::exists(dir / "db"));
}

TEST(ImportFolder, FollowsLinksButNeverInACircle) {
  const TempDir dir;
  save_classes(dir / "src", {"a"}, 2);
  save_jpeg(dir / "elsewhere/x.jpg", 50);
  fs::create_directory_symlink(dir / "elsewhere", dir / "src/b");
  fs::create_directory_symlink(dir / "src", dir / "src/a/loop");
  fs::create_directory_symlink(".", dir / "src/a/self");
  const ImportReport report =
      import_folder(dir / "src", {.output = dir / "db", .shuffle = false});
  const Database database(dir / "db");
  const auto names = names_in(database);
  EXPECT_THAT(names, ::testing::Contains("b/x.jpg"));
  EXPECT_EQ(
      report.refused.back().reason,
      "it is a link that leads back to a folder above it");
  EXPECT_LT(database.size(), 12u);
}

TEST(ImportFolder, NamesAreNeverPaths) {
  const TempDir dir;
  save_jpeg(dir / "src/a/x..\\..\\evil.jpg", 1);
  save_jpeg(dir / "src/b%2F..%2F/x\n.jpg", 2);
  const ImportReport report =
      import_folder(dir / "src", {.output = dir / "db", .shuffle = false});
  EXPECT_EQ(report.written, 2u);
  EXPECT_THAT(
      names_in(Database(dir / "db")),
      ElementsAre("a/x..\\..\\evil.jpg", "b%2F..%2F/x\n.jpg"));
  save_jpeg(dir / "control/a\nb/x.jpg", 3);
  EXPECT_THAT(
      [&] { import_folder(dir / "control", {.output = dir / "c"}); },
      ThrowsMessage<BadData>(HasSubstr("'a\\x0ab'")));
}

TEST(ImportFolder, AFolderThatMayNotBeReadIsReported) {
  const TempDir dir;
  fs::permissions(dir.path(), fs::perms(0777));
  save_classes(dir / "src", {"a"}, 2);
  save_jpeg(dir / "src/a/secret/x.jpg", 8);
  save_jpeg(dir / "src/a/private.jpg", 9);
  fs::permissions(dir / "src/a/secret", fs::perms(0000));
  fs::permissions(dir / "src/a/private.jpg", fs::perms(0000));
  const testing::WithoutPrivileges nobody;
  const ImportReport report =
      import_folder(dir / "src", {.output = dir / "db", .workers = 1});
  EXPECT_EQ(report.written, 2u);
  ASSERT_EQ(report.refused.size(), 2u);
  EXPECT_EQ(report.refused[0].name, "a/secret");
  EXPECT_EQ(report.refused[0].reason, "Permission denied");
  EXPECT_THAT(report.refused[1].reason, HasSubstr("Permission denied"));
}

TEST(ImportFolder, VeryLongPathsStillGetAKey) {
  const TempDir dir;
  const std::string folder(200, 'f');
  save_jpeg(
      dir / ("src/a/" + folder + "/" + folder + "/" + folder + "/x.jpg"), 1);
  import_folder(dir / "src", {.output = dir / "db"});
  const Database database(dir / "db");
  EXPECT_EQ(database.read(0).key.size(), 511u);
  EXPECT_TRUE(database.read(0).key.ends_with("ff/x.jpg"));
}

TEST(ImportFolder, TellsItsProgressAndCanBeStopped) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 5);
  std::vector<std::size_t> done;
  import_folder(
      dir / "src", {.output = dir / "db"}, [&](const ImportProgress& progress) {
        EXPECT_EQ(progress.all, 10u);
        done.push_back(progress.done);
      });
  EXPECT_EQ(done.size(), 10u);
  EXPECT_EQ(done.back(), 10u);
  struct Stopped {};
  EXPECT_THROW(
      import_folder(
          dir / "src",
          {.output = dir / "other"},
          [&](const ImportProgress& progress) {
            if (progress.done == 3) {
              throw Stopped();
            }
          }),
      Stopped);
  EXPECT_FALSE(fs::exists(dir / "other"));
}

}  // namespace
}  // namespace convoy
