// Parts of a dataset: by hash, by group, or as they lie.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "data/importers/import.h"
#include "tests/data/importers/photos.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::labels_in;
using testing::names_in;
using testing::save_classes;
using testing::save_jpeg;
using testing::TempDir;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;
namespace fs = std::filesystem;

ImportPlan plan_of(const std::vector<std::string>& names) {
  ImportPlan plan;
  for (const std::string& name : names) {
    plan.sources.push_back({.file = name, .name = name});
  }
  return plan;
}

std::vector<std::string> numbered(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    names.push_back(
        "car/day" + std::to_string(i % 40) + "/" + std::to_string(i) + ".jpg");
  }
  return names;
}

std::map<std::string, Split> split_by(
    const SplitOptions& options, const std::vector<std::string>& names) {
  ImportPlan plan = plan_of(names);
  assign_splits(options, plan);
  std::map<std::string, Split> splits;
  for (const Source& source : plan.sources) {
    splits[source.name] = source.split;
  }
  return splits;
}

TEST(Split, GivesAboutTheFractionsAsked) {
  int counts[3] = {};
  for (const auto& [name, split] :
       split_by({.val = 0.2, .test = 0.1}, numbered(10000))) {
    ++counts[static_cast<int>(split)];
  }
  // Six standard deviations of a binomial draw.
  EXPECT_NEAR(counts[1], 2000, 6 * 40);
  EXPECT_NEAR(counts[2], 1000, 6 * 30);
}

TEST(Split, APictureNeverMovesWhenOthersAreAdded) {
  const auto few = split_by({.val = 0.3}, numbered(100));
  const auto many = split_by({.val = 0.3}, numbered(1000));
  for (const auto& [name, split] : few) {
    EXPECT_EQ(many.at(name), split);
  }
  EXPECT_NE(split_by({.val = 0.3, .seed = 1}, numbered(100)), few);
}

TEST(Split, AGroupStaysTogether) {
  const std::vector<SplitOptions> ways = {
      {.val = 0.4, .group_by = GroupBy::folder},
      {.val = 0.4, .group_by = GroupBy::pattern, .group_pattern = "day(\\d+)"}};
  for (const SplitOptions& options : ways) {
    std::map<std::string, Split> groups;
    int val = 0;
    auto names = numbered(1000);
    for (const std::string& name : numbered(1000)) {
      names.push_back("truck" + name.substr(3));
    }
    for (const auto& [name, split] : split_by(options, names)) {
      const std::size_t start = name.find('/') + 1;
      const std::string group = name.substr(start, name.rfind('/') - start);
      EXPECT_EQ(groups.emplace(group, split).first->second, split) << name;
      val += split == Split::val;
    }
    EXPECT_EQ(groups.size(), 40u);
    EXPECT_GT(val, 0);
    EXPECT_LT(val, 2000);
  }
}

TEST(Split, RefusesWhatMakesNoSense) {
  EXPECT_THAT(
      [] { split_by({.val = 0.7, .test = 0.3}, {"a/b"}); },
      ThrowsMessage<BadData>(HasSubstr("less than 1 together")));
  EXPECT_THROW(split_by({.val = -0.1}, {"a/b"}), BadData);
  EXPECT_THAT(
      [] {
        split_by(
            {.val = 0.1, .group_by = GroupBy::pattern, .group_pattern = "(["},
            {"a/b"});
      },
      ThrowsMessage<BadData>(HasSubstr("can't be understood")));
  EXPECT_THAT(
      [] {
        split_by(
            {.val = 0.1, .group_by = GroupBy::pattern, .group_pattern = "day"},
            {"a/b"});
      },
      ThrowsMessage<BadData>(HasSubstr("does not match 'a/b'")));
}

TEST(Split, WritesAllPartsAtOnce) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 40);
  const ImportReport report = import_folder(
      dir / "src",
      {.output = dir / "out", .split = {.val = 0.25, .test = 0.25}});
  ASSERT_EQ(report.parts.size(), 3u);
  std::vector<std::string> all;
  for (const ImportedPart& part : report.parts) {
    const Database database(part.database);
    EXPECT_EQ(database.size(), part.facts.records);
    EXPECT_GT(database.size(), 0u);
    EXPECT_THAT(part.facts.class_names, ElementsAre("a", "b"));
    const auto names = names_in(database);
    all.insert(all.end(), names.begin(), names.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all.size(), 80u);
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
  EXPECT_THAT(report.parts[1].database, HasSubstr("out/val.lmdb"));
}

TEST(Split, ATreeThatIsSplitAlreadyStaysSo) {
  const TempDir dir;
  save_classes(dir / "src/train", {"bus", "car"}, 3);
  save_classes(dir / "src/valid", {"car", "truck"}, 2, 100);
  save_classes(dir / "src/test", {"bus"}, 1, 200);
  testing::write_text(dir / "src/README.md", "about");
  const ImportReport report =
      import_folder(dir / "src", {.output = dir / "out", .shuffle = false});
  EXPECT_THAT(report.class_names, ElementsAre("bus", "car", "truck"));
  EXPECT_THAT(
      labels_in(Database(dir / "out/train.lmdb")),
      ElementsAre(0, 0, 0, 1, 1, 1));
  EXPECT_THAT(
      labels_in(Database(dir / "out/val.lmdb")), ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(
      names_in(Database(dir / "out/test.lmdb")), ElementsAre("test/bus/0.jpg"));
  EXPECT_THAT(
      report.warnings,
      ::testing::Contains(HasSubstr("1 of 3 classes have no pictures in val: "
                                    "bus (0 of 4); add pictures")));
}

TEST(Split, WarnsOfAPartThatChanceLeavesEmpty) {
  const TempDir dir;
  save_classes(dir / "src", {"a", "b"}, 1);
  const ImportReport report = import_folder(
      dir / "src", {.output = dir / "out", .split = {.val = 0.001}});
  ASSERT_EQ(report.parts.size(), 1u);
  EXPECT_THAT(
      report.warnings,
      ::testing::Contains(
          "val has none of the 2 pictures: add pictures, take a larger "
          "fraction than 0.001, or split them by hand"));
  const ImportReport greedy = import_folder(
      dir / "src", {.output = dir / "greedy", .split = {.test = 0.999}});
  EXPECT_THAT(
      greedy.warnings,
      ::testing::Contains("train has none of the 2 pictures: add pictures, or "
                          "keep fewer for val and test"));
}

TEST(Split, WarnsOfAClassThatChanceLeavesOut) {
  const TempDir dir;
  save_classes(dir / "src", {"many"}, 60);
  save_classes(dir / "src", {"rare"}, 1, 100);
  const ImportReport report = import_folder(
      dir / "src", {.output = dir / "out", .split = {.val = 0.2, .seed = 1}});
  ASSERT_EQ(report.parts.size(), 2u);
  const bool in_train = report.parts[0].facts.class_counts()[1] == 1;
  ASSERT_TRUE(in_train) << "choose another seed";
  EXPECT_THAT(
      report.warnings,
      ::testing::Contains(
          "1 of 2 classes have no pictures in val: rare (0 of 1); add "
          "pictures, take a larger fraction than 0.2, or split them by hand"));
}

TEST(Split, TheMissingPartOfASplitTreeMayComeFromTrain) {
  const TempDir dir;
  save_classes(dir / "src/train", {"a", "b"}, 30);
  save_classes(dir / "src/test", {"a", "b"}, 3, 100);
  const ImportReport report = import_folder(
      dir / "src", {.output = dir / "out", .split = {.val = 0.3}});
  EXPECT_EQ(report.parts.size(), 3u);
  EXPECT_EQ(report.parts[2].facts.records, 6u);
  EXPECT_THAT(
      [&] {
        import_folder(
            dir / "src", {.output = dir / "o", .split = {.test = 0.3}});
      },
      ThrowsMessage<BadData>(HasSubstr("a part for test already")));
}

TEST(Split, ClassesWithSuchNamesAreClasses) {
  const TempDir dir;
  // "train" with pictures right inside is a vehicle.
  save_classes(dir / "rail", {"train", "test"}, 2);
  EXPECT_THAT(
      import_folder(dir / "rail", {.output = dir / "a"}).class_names,
      ElementsAre("test", "train"));
  save_classes(dir / "mixed/train", {"x"}, 2);
  save_classes(dir / "mixed/tram", {"x"}, 2, 10);
  EXPECT_THAT(
      import_folder(dir / "mixed", {.output = dir / "b"}).class_names,
      ElementsAre("train", "tram"));
  save_classes(dir / "twice/train", {"x"}, 1);
  save_classes(dir / "twice/val", {"x"}, 1, 10);
  save_classes(dir / "twice/valid", {"x"}, 1, 20);
  EXPECT_THAT(
      [&] { import_folder(dir / "twice", {.output = dir / "c"}); },
      ThrowsMessage<BadData>(HasSubstr("two folders for validation")));
}

}  // namespace
}  // namespace convoy
