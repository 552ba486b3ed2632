#include "trainer/evaluation/class_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/errors.h"
#include "tests/support/files.h"
#include "tests/support/temp_dir.h"
#include "tests/trainer/evaluation/made.h"
#include "trainer/evaluation/class_map_file.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const std::vector<std::string> kFourNames{"dent", "good", "scratch", "unclear"};

TEST(ClassMap, MergesRenamesDropsAndKeeps) {
  const ClassMap map = class_map(
      {{"scratch", "defect", 1}, {"dent", "defect", 2}, {"unclear", "", 3}},
      kFourNames,
      "map.csv");
  EXPECT_THAT(map.names, ElementsAre("defect", "good"));
  EXPECT_THAT(map.targets, ElementsAre(0, 1, 0, ClassMap::kDropped));
}

TEST(ClassMap, MergesIntoAClassThatKeepsItsName) {
  const ClassMap map =
      class_map({{"unclear", "good", 1}}, kFourNames, "map.csv");
  EXPECT_THAT(map.names, ElementsAre("dent", "good", "scratch"));
  EXPECT_THAT(map.targets, ElementsAre(0, 1, 2, 1));
}

TEST(ClassMap, RefusesWhatIsNotThereOrThereTwice) {
  EXPECT_THAT(
      [] {
        class_map({{"scratsh", "defect", 4}}, kFourNames, "map.csv");
      },
      ThrowsMessage<BadData>(
          "map.csv:4: class \"scratsh\" is none of the checkpoint's 4 classes; "
          "did you mean \"scratch\"?"));
  EXPECT_THAT(
      [] {
        class_map({{"dent", "a", 1}, {"dent", "b", 5}}, kFourNames, "m.csv");
      },
      ThrowsMessage<BadData>(
          "m.csv:5: class \"dent\" is mapped twice (first on line 1)"));
  EXPECT_THAT(
      [] {
        class_map({{"a", "", 1}, {"b", "", 2}}, {"a", "b"}, "m.csv");
      },
      ThrowsMessage<BadData>("m.csv drops all 2 classes; want one left"));
}

TEST(ClassMap, KeepsClassesOfOneNameApartAndWillNotMapThem) {
  const std::vector<std::string> names{"crane", "", "bus", "crane", "van"};
  const ClassMap map = class_map({{"van", "bus", 1}}, names, "m.csv");
  EXPECT_THAT(map.names, ElementsAre("crane", "", "bus", "crane"));
  EXPECT_THAT(map.targets, ElementsAre(0, 1, 2, 3, 2));
  for (const Renaming& unclear :
       {Renaming{"crane", "bird", 1}, Renaming{"bus", "crane", 1}}) {
    EXPECT_THAT(
        [&] { class_map({unclear}, names, "m.csv"); },
        ThrowsMessage<BadData>(HasSubstr("2 classes are called \"crane\"")));
  }
}

TEST(MergeClasses, SumsProbabilitiesAndRanksAnew) {
  // Neither defect alone beats "good"; together they do.
  const Predictions own = testing::predictions_of(
      {{0, {0.3, 0.4, 0.25, 0.05}}, {1, {0.1, 0.7, 0.1, 0.1}}});
  const ClassMap map = class_map(
      {{"dent", "defect", 1}, {"scratch", "defect", 2}}, kFourNames, "map");
  const Predictions merged = merge_classes(own, map);
  EXPECT_EQ(merged.classes, 3);
  EXPECT_FALSE(own.samples[0].is_hit());
  EXPECT_TRUE(merged.samples[0].is_hit());
  EXPECT_NEAR(merged.samples[0].probability, 0.55, 1e-6);
  EXPECT_NEAR(merged.samples[0].loss, -std::log(0.55), 1e-6);
  EXPECT_NEAR(std::exp(merged.row(1)[0]), 0.2, 1e-6);
  EXPECT_NEAR(std::exp(merged.row(1)[1]), 0.7, 1e-6);
}

TEST(MergeClasses, LeavesDroppedSamplesOutAndSharesTheirProbability) {
  const Predictions own = testing::predictions_of(
      {{3, {0.1, 0.2, 0.3, 0.4}}, {0, {0.3, 0.2, 0.1, 0.4}}});
  const ClassMap map = class_map({{"unclear", "", 1}}, kFourNames, "map");
  const Predictions merged = merge_classes(own, map);
  ASSERT_EQ(merged.size(), 1U);
  EXPECT_EQ(merged.samples[0].index, 1);
  EXPECT_TRUE(merged.samples[0].is_hit());
  EXPECT_NEAR(std::exp(merged.row(0)[0]), 0.5, 1e-6);
  EXPECT_NEAR(std::exp(merged.row(0)[2]), 1.0 / 6, 1e-6);
}

TEST(MergeClasses, ChangesNoBitWithoutAMap) {
  const Predictions own = testing::predictions_of(
      {{3, {0.1, 0.2, 0.3, 0.4}}, {0, {0.3, 0.2, 0.1, 0.4}}});
  const Predictions merged =
      merge_classes(own, class_map({}, kFourNames, "map"));
  EXPECT_EQ(merged.log_probabilities, own.log_probabilities);
  EXPECT_EQ(sums_of(merged.samples).loss, sums_of(own.samples).loss);
}

TEST(MergeClasses, TakesProbabilitiesOfZero) {
  const Predictions own = testing::predictions_of({{1, {0.0, 1.0, 0.0, 0.0}}});
  const ClassMap map = class_map(
      {{"dent", "defect", 1}, {"scratch", "defect", 2}}, kFourNames, "map");
  const Predictions merged = merge_classes(own, map);
  EXPECT_EQ(std::exp(merged.row(0)[0]), 0);
  EXPECT_EQ(merged.samples[0].probability, 1);
}

std::vector<Renaming> read_map(
    const std::string& name, const std::string& text) {
  const testing::TempDir dir;
  testing::write_text(dir / name, text);
  return read_class_map(dir / name);
}

TEST(ClassMapFile, IsTheSameAsYamlAndAsCsv) {
  for (const auto& [name, text] : std::vector<std::array<std::string, 2>>{
           {"map.yaml", "dent: defect\n\"a,b\": x\nunclear:\ngood: \"\"\n"},
           {"map.yml", "dent: defect\n\"a,b\": x\nunclear: null\ngood: ''\n"},
           {"map.csv", "dent,defect\n\"a,b\",x\nunclear,\ngood,\n"}}) {
    const auto renamings = read_map(name, text);
    ASSERT_EQ(renamings.size(), 4U) << name;
    EXPECT_EQ(renamings[0].from, "dent");
    EXPECT_EQ(renamings[0].to, "defect");
    EXPECT_EQ(renamings[1].from, "a,b");
    EXPECT_EQ(renamings[2].to, "");
    EXPECT_EQ(renamings[3].to, "");
    EXPECT_EQ(renamings[3].line, 4);
  }
}

TEST(ClassMapFile, TakesALineOfTitles) {
  const auto renamings = read_map("map.csv", "old,new\ndent,defect\n");
  ASSERT_EQ(renamings.size(), 1U);
  EXPECT_EQ(renamings[0].line, 2);
}

TEST(ClassMapFile, IsRefusedWithItsLine) {
  const auto refused = [](const char* name, const char* text, const char* why) {
    EXPECT_THAT(
        [&] { read_map(name, text); }, ThrowsMessage<BadData>(HasSubstr(why)))
        << text;
  };
  refused("map.csv", "a,b\nc\n", "map.csv:2: want old class,new class, got 1");
  refused("map.csv", "a;b\n", "got 1 column; columns are parted by commas");
  refused("map.csv", "", "it names no class");
  refused("map.csv", "old,new\n", "it names no class");
  refused("map.csv", "a,\"b\n", "map.csv: line 1: a quote opens");
  refused("map.yaml", "- a\n", "map.yaml: want a map of old class: new class");
  refused("map.yaml", "a: b\nc: [d]\n", "map.yaml:2: want the new name of");
  refused("map.yaml", "a: b\na: c\n", "a is set twice");
  refused("map.txt", "a,b\n", "want a class map that ends in .yaml, .yml or");
  EXPECT_THROW(read_class_map("/no/map.csv"), MissingInput);
}

}  // namespace
}  // namespace convoy
