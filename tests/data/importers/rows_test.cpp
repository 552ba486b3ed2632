// Imports from a source of one's own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/importers/import.h"
#include "data/importers/source.h"
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

PictureSource source_of(std::vector<PictureRow> rows) {
  return {"table", "", [rows](const std::string&) { return rows; }};
}

TEST(ImportRows, SortsTheLabelsAndFindsFilesBesideTheTable) {
  const TempDir dir;
  save_jpeg(dir / "set/a.jpg", 1);
  save_jpeg(dir / "set/deep/b.jpg", 2);
  save_jpeg(dir / "else/c.jpg", 3);
  testing::write_text(dir / "set/table.csv", "");
  std::string asked;
  const PictureSource source{"table", "", [&](const std::string& from) {
                               asked = from;
                               return std::vector<PictureRow>{
                                   {"a.jpg", "truck"},
                                   {"deep/b.jpg", "bus"},
                                   {dir / "else/c.jpg", "bus"}};
                             }};
  const ImportReport report = import_rows(
      source, dir / "set/table.csv", {.output = dir / "db", .shuffle = false});
  EXPECT_EQ(asked, std::string(dir / "set/table.csv"));
  EXPECT_THAT(report.class_names, ElementsAre("bus", "truck"));
  EXPECT_THAT(labels_in(Database(dir / "db")), ElementsAre(1, 0, 0));
  EXPECT_EQ(report.parts[0].facts.made_by.at("command"), "import table");
  import_rows(source, dir / "set", {.output = dir / "of-a-folder"});
}

TEST(ImportRows, KeepsAGroupOnOneSide) {
  std::vector<PictureRow> rows;
  for (int i = 0; i < 400; ++i) {
    rows.push_back(
        {std::to_string(i) + ".jpg", "a", "day" + std::to_string(i % 20)});
  }
  rows.push_back({"alone.jpg", "a"});
  ImportPlan plan = plan_rows(source_of(rows), "/nowhere/table.csv");
  assign_splits({.val = 0.4}, plan);
  std::map<std::string, Split> sides;
  for (const Source& source : plan.sources) {
    EXPECT_EQ(
        sides.emplace(source.group, source.split).first->second, source.split)
        << source.name;
  }
  EXPECT_TRUE(plan.has(Split::train));
  EXPECT_TRUE(plan.has(Split::val));
  EXPECT_EQ(plan.made_by.at("groups"), "the source's");
}

TEST(ImportRows, GroupsOfTheCommandLineComeFirst) {
  std::vector<PictureRow> rows;
  for (int i = 0; i < 100; ++i) {
    rows.push_back({std::to_string(i) + ".jpg", "a", "one group"});
  }
  ImportPlan plan = plan_rows(source_of(rows), "/nowhere/table.csv");
  assign_splits(
      {.val = 0.5, .group_by = GroupBy::pattern, .group_pattern = ".*"}, plan);
  EXPECT_TRUE(plan.has(Split::train));
  EXPECT_TRUE(plan.has(Split::val));
}

TEST(ImportRows, LeavesOutPathsThatClimb) {
  const ImportPlan plan = plan_rows(
      source_of({{"../secret.jpg", "x"}, {"a.jpg", "y"}}), "/nowhere/t.csv");
  EXPECT_THAT(plan.class_names, ElementsAre("y"));
  ASSERT_EQ(plan.sources.size(), 1u);
  EXPECT_EQ(plan.sources[0].file, "/nowhere/a.jpg");
  EXPECT_EQ(plan.sources[0].label, 0);
  ASSERT_EQ(plan.refused.size(), 1u);
  EXPECT_THAT(plan.refused[0].reason, HasSubstr("climbs"));
  EXPECT_THAT(
      [] {
        plan_rows(source_of({{"../secret.jpg", "x"}}), "/nowhere/t.csv");
      },
      ThrowsMessage<BadData>(
          HasSubstr("table /nowhere/t.csv names no pictures that may be read: "
                    "../secret.jpg: its path climbs")));
}

TEST(ImportRows, RefusesARowThatIsNoneWithItsPlace) {
  EXPECT_THAT(
      [] {
        plan_rows(source_of({{"a.jpg", "x"}, {"b.jpg", ""}}), "/no/t.csv");
      },
      ThrowsMessage<BadData>(
          HasSubstr("table /no/t.csv: picture 2: the path is 'b.jpg' and the "
                    "label ''; want both")));
  EXPECT_THAT(
      [] {
        plan_rows(source_of({{"a.jpg", "x\ny"}}), "/no/t.csv");
      },
      ThrowsMessage<BadData>(HasSubstr("control character")));
  EXPECT_THAT(
      [] { plan_rows(source_of({}), "/no/t.csv"); },
      ThrowsMessage<BadData>(HasSubstr("table /no/t.csv names no pictures")));
}

}  // namespace
}  // namespace convoy
