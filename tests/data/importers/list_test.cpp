// Lists of paths and labels, as Caffe takes them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "data/errors.h"
#include "data/importers/import.h"
#include "tests/data/importers/photos.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::labels_in;
using testing::names_in;
using testing::save_jpeg;
using testing::TempDir;
using ::testing::ThrowsMessage;
using testing::write_text;

TEST(ImportList, ThePathIsTheTextUpToTheLastBlank) {
  const TempDir dir;
  save_jpeg(dir / "photos/red car 1.jpg", 1);
  save_jpeg(dir / "photos/b.jpg", 2);
  write_text(dir / "lists/train.txt", "red car 1.jpg 4\r\n\nb.jpg\t 0  \n");
  const ImportReport report = import_list(
      {.list = dir / "lists/train.txt", .root = dir / "photos"},
      {.output = dir / "db", .shuffle = false});
  EXPECT_EQ(report.written, 2u);
  const Database database(dir / "db");
  EXPECT_EQ(database.read(0).key, "00000000_red car 1.jpg");
  EXPECT_THAT(labels_in(database), ElementsAre(4, 0));
}

TEST(ImportList, ABadLabelIsAnErrorWithFileAndLine) {
  const TempDir dir;
  save_jpeg(dir / "a.jpg", 1);
  const auto import = [&](const std::string& text) {
    return [&dir, text] {
      write_text(dir / "list.txt", text);
      import_list({.list = dir / "list.txt"}, {.output = dir / "db"});
    };
  };
  for (const std::string label : {"cat", "1x", "-1", "1.0", "99999999999"}) {
    EXPECT_THAT(
        import("a.jpg 0\na.jpg " + label + "\n"),
        ThrowsMessage<BadData>(AllOf(
            HasSubstr((dir / "list.txt") + ":2:"),
            HasSubstr("'" + label + "'"),
            HasSubstr("wanted: a number from 0"))))
        << label;
  }
  EXPECT_THAT(
      import("a.jpg\n"), ThrowsMessage<BadData>(HasSubstr("list.txt:1:")));
  EXPECT_THAT(import(" 3\n"), ThrowsMessage<BadData>(HasSubstr("empty")));
  EXPECT_THAT(
      import("\n"), ThrowsMessage<BadData>(HasSubstr("lists no pictures")));
}

TEST(ImportList, NamesMayStandForNumbers) {
  const TempDir dir;
  save_jpeg(dir / "a b.jpg", 1);
  save_jpeg(dir / "c.jpg", 2);
  save_jpeg(dir / "d.jpg", 3);
  write_text(dir / "names.txt", "bus\npickup truck\ntruck\n");
  write_text(dir / "list.txt", "a b.jpg pickup truck\nc.jpg truck\nd.jpg 0");
  const ListOptions list = {
      .list = dir / "list.txt", .names = dir / "names.txt"};
  const ImportReport report =
      import_list(list, {.output = dir / "db", .shuffle = false});
  EXPECT_THAT(report.class_names, ElementsAre("bus", "pickup truck", "truck"));
  const Database database(dir / "db");
  EXPECT_THAT(labels_in(database), ElementsAre(1, 2, 0));
  EXPECT_THAT(names_in(database), ElementsAre("a b.jpg", "c.jpg", "d.jpg"));
  write_text(dir / "list.txt", "c.jpg 3\n");
  EXPECT_THAT(
      [&] { import_list(list, {.output = dir / "no"}); },
      ThrowsMessage<BadData>(
          HasSubstr("a number from 0 to 2, or a class name")));
  write_text(dir / "names.txt", "bus\nbus\n");
  EXPECT_THAT(
      [&] { import_list(list, {.output = dir / "no"}); },
      ThrowsMessage<BadData>(HasSubstr("names.txt:2:")));
}

TEST(ImportList, RefusesPathsThatClimbAndReportsMissingFiles) {
  const TempDir dir;
  save_jpeg(dir / "root/a.jpg", 1);
  save_jpeg(dir / "outside.jpg", 2);
  write_text(
      dir / "root/list.txt",
      "a.jpg 0\n../outside.jpg 0\nnone.jpg 0\n" + (dir / "outside.jpg") +
          " 0\n");
  const ImportReport report = import_list(
      {.list = dir / "root/list.txt"},
      {.output = dir / "db", .shuffle = false});
  EXPECT_EQ(report.written, 2u);
  ASSERT_EQ(report.refused.size(), 2u);
  EXPECT_EQ(report.refused[0].name, "../outside.jpg");
  EXPECT_THAT(report.refused[0].reason, HasSubstr("climbs"));
  EXPECT_EQ(report.refused[1].name, "none.jpg");
  EXPECT_THAT(report.refused[1].reason, HasSubstr("No such file"));
}

TEST(ImportList, APipeIsRefusedAndNotWaitedFor) {
  const TempDir dir;
  save_jpeg(dir / "a.jpg", 1);
  ASSERT_EQ(mkfifo((dir / "pipe.jpg").c_str(), 0600), 0);
  write_text(dir / "list.txt", "pipe.jpg 0\na.jpg 0\n");
  const ImportReport report =
      import_list({.list = dir / "list.txt"}, {.output = dir / "db"});
  ASSERT_EQ(report.refused.size(), 1u);
  EXPECT_THAT(report.refused[0].reason, HasSubstr("not a regular file"));
}

TEST(ImportList, AMissingRootIsMissingInput) {
  const TempDir dir;
  write_text(dir / "list.txt", "a.jpg 0\n");
  EXPECT_THAT(
      [&] {
        import_list(
            {.list = dir / "list.txt", .root = dir / "none"},
            {.output = dir / "db"});
      },
      ThrowsMessage<MissingInput>(HasSubstr(
          (dir / "none") + " is no folder: No such file or directory; name")));
}

TEST(ImportList, AListOfNothingThatMayBeReadSaysWhy) {
  const TempDir dir;
  write_text(dir / "list.txt", "../a.jpg 0\n");
  EXPECT_THAT(
      [&] { import_list({.list = dir / "list.txt"}, {.output = dir / "db"}); },
      ThrowsMessage<BadData>(HasSubstr("lists no pictures that may be read: "
                                       "../a.jpg: its path climbs")));
}

TEST(ImportList, AMissingListIsMissingInput) {
  const TempDir dir;
  EXPECT_THROW(
      import_list({.list = dir / "none"}, {.output = dir / "db"}),
      MissingInput);
  write_text(dir / "list.txt", "a.jpg 0\n");
  EXPECT_THROW(
      import_list(
          {.list = dir / "list.txt", .names = dir / "none"},
          {.output = dir / "db"}),
      MissingInput);
}

TEST(ImportList, AListOfUnreadableFilesIsAnError) {
  const TempDir dir;
  write_text(dir / "list.txt", "a.jpg 0\nb.jpg 0\n");
  EXPECT_THAT(
      [&] { import_list({.list = dir / "list.txt"}, {.output = dir / "db"}); },
      ThrowsMessage<BadData>(HasSubstr("no picture of class 0")));
}

}  // namespace
}  // namespace convoy
