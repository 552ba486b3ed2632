// An import that fails at the end still tells all that it saw.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/importers/import.h"
#include "tests/data/importers/photos.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::save_classes;
using testing::TempDir;
using testing::write_text;
namespace fs = std::filesystem;

ImportReport report_of_failure(
    const std::string& folder, const ImportOptions& options) {
  try {
    import_folder(folder, options);
  } catch (const ClassWithoutPictures& failed) {
    EXPECT_EQ(failed.report.failure, failed.what());
    return failed.report;
  }
  ADD_FAILURE() << "the import did not fail";
  return {};
}

TEST(ClassWithoutPictures, BringsTheWholeReport) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "c"}, 3);
  testing::save_jpeg(dir / "src/c/again.jpg", 0);  // as a/0.jpg
  write_text(dir / "src/a/page.jpg", "<html>");
  write_text(dir / "src/b/x.jpg", "hello");
  write_text(dir / "src/b/y.jpg", "");
  write_text(dir / "src/d/z.jpg", "hello");
  const ImportReport report =
      report_of_failure(dir / "src", {.output = dir / "db", .shuffle = false});
  EXPECT_THAT(
      report.failure,
      AllOf(
          HasSubstr("no picture of class 'b' and 1 more could be read"),
          HasSubstr("mend the files or take the class out"),
          HasSubstr("b/x.jpg: it is a text file")));
  EXPECT_EQ(report.read, 11u);
  EXPECT_EQ(report.written, 0u);
  EXPECT_THAT(report.parts, IsEmpty());
  EXPECT_THAT(report.class_names, ElementsAre("a", "b", "c", "d"));
  ASSERT_EQ(report.refused.size(), 4u);
  EXPECT_EQ(report.refused[2].name, "b/y.jpg");
  EXPECT_THAT(report.refused[2].reason, HasSubstr("it is empty"));
  ASSERT_EQ(report.classes.size(), 4u);
  EXPECT_EQ(report.classes[0].files, 4u);
  EXPECT_EQ(report.classes[0].usable, 3u);
  EXPECT_EQ(report.classes[1].files, 2u);
  EXPECT_EQ(report.classes[1].usable, 0u);
  EXPECT_EQ(report.duplicates.size(), 1u);
  EXPECT_FALSE(fs::exists(dir / "db"));
}

TEST(ClassWithoutPictures, NamesEveryEmptyFolderBeforeAFileIsRead) {
  const TempDir dir;
  save_classes(dir / "src", {"a"}, 2);
  fs::create_directories(dir / "src/b/c");
  fs::create_directories(dir / "src/d");
  fs::create_symlink(dir / "gone.jpg", dir / "src/d/dangling.jpg");
  const ImportReport report =
      report_of_failure(dir / "src", {.output = dir / "db"});
  EXPECT_THAT(
      report.failure,
      AllOf(
          HasSubstr("the class 'b' has no pictures"),
          HasSubstr("(1 more is empty)")));
  EXPECT_EQ(report.read, 0u);
  ASSERT_EQ(report.refused.size(), 3u);
  EXPECT_EQ(report.refused[0].name, "d/dangling.jpg");
  EXPECT_EQ(report.refused[1].name, "b");
  EXPECT_THAT(report.refused[1].reason, HasSubstr("fill it or remove it"));
  EXPECT_EQ(report.refused[2].name, "d");
}

}  // namespace
}  // namespace convoy
