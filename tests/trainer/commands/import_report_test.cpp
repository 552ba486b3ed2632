#include "trainer/commands/import_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ImportReport sample_report() {
  ImportReport report;
  report.read = 9;
  report.written = 6;
  report.refused = {
      {"bus/a\nb.jpg", "it is empty"},
      {"bus/c.jpg", "it is a GIF"},
      {"car/d.jpg", "it is a TIFF"}};
  report.conversions.cmyk = 2;
  report.conversions.palette = 1;
  report.class_names = {"bus", "car"};
  report.classes = {{4, 2}, {5, 4}};
  report.duplicates = {
      {{"bus/1.jpg", "car/2.jpg"}, false, true},
      {{"bus/3.jpg", "bus/4.jpg", "bus/5.jpg"}, true, false}};
  report.warnings = {"mind the gap"};
  ImportedPart part;
  part.split = Split::val;
  part.database = "/db/val.lmdb";
  part.facts.records = 6;
  part.facts.class_names = report.class_names;
  part.facts.label_counts = {{0, 2}, {1, 4}};
  part.facts.fingerprint = "0123";
  report.parts = {part};
  return report;
}

TEST(ImportReport, TextHoldsAllThatWasSeen) {
  EXPECT_EQ(
      report_text(sample_report(), 10),
      "9 files read, 6 written, 3 refused\n"
      "\n"
      "/db/val.lmdb: 6 pictures\n"
      "        2  bus\n"
      "        4  car\n"
      "\n"
      "converted: 2 from CMYK to RGB, 1 from a palette\n"
      "warning: mind the gap\n"
      "refused: bus/a\\x0ab.jpg: it is empty\n"
      "refused: bus/c.jpg: it is a GIF\n"
      "refused: car/d.jpg: it is a TIFF\n"
      "duplicates: bus/1.jpg = car/2.jpg (under different labels)\n"
      "duplicates: bus/3.jpg = bus/4.jpg = bus/5.jpg (in different parts)\n");
}

TEST(ImportReport, LongListsAreCountedBeyondWhatIsShown) {
  EXPECT_THAT(
      report_text(sample_report(), 1),
      AllOf(
          HasSubstr("bus/a\\x0ab.jpg: it is empty\n... and 2 more refused\n"),
          HasSubstr("... and 1 more duplicates\n"),
          Not(HasSubstr("a TIFF"))));
}

TEST(ImportReport, OfAFailureCountsWhatEachClassHas) {
  ImportReport report = sample_report();
  report.parts.clear();
  report.written = 0;
  report.classes[0].usable = 0;
  report.failure = "no picture of class 'bus'";
  EXPECT_THAT(
      report_text(report, 10),
      AllOf(
          StartsWith("9 files read, 0 written, 3 refused\n"),
          HasSubstr("        0 of 4 files can be used: bus\n"
                    "        4 of 5 files can be used: car\n"),
          HasSubstr("refused: car/d.jpg: it is a TIFF\n")));
  const auto json = nlohmann::json::parse(report_json(report));
  EXPECT_EQ(json["failure"], report.failure);
  EXPECT_TRUE(json["databases"].empty());
}

TEST(ImportReport, JsonHoldsWhatTheTextHolds) {
  EXPECT_EQ(
      nlohmann::json::parse(report_json(sample_report())),
      nlohmann::json::parse(R"({
        "failure": null, "read": 9, "written": 6,
        "class_names": ["bus", "car"],
        "classes": [
          {"label": 0, "name": "bus", "files": 4, "usable": 2},
          {"label": 1, "name": "car", "files": 5, "usable": 4}],
        "conversions": {"sixteen_bit": 0, "cmyk": 2, "turned": 0, "gray": 0,
                        "colour": 0, "alpha": 0, "palette": 1},
        "warnings": ["mind the gap"],
        "refused": [
          {"name": "bus/a\nb.jpg", "reason": "it is empty"},
          {"name": "bus/c.jpg", "reason": "it is a GIF"},
          {"name": "car/d.jpg", "reason": "it is a TIFF"}],
        "duplicates": [
          {"names": ["bus/1.jpg", "car/2.jpg"], "across_parts": false,
           "across_classes": true},
          {"names": ["bus/3.jpg", "bus/4.jpg", "bus/5.jpg"],
           "across_parts": true, "across_classes": false}],
        "databases": [
          {"part": "val", "path": "/db/val.lmdb", "records": 6,
           "fingerprint": "0123", "class_counts": [2, 4]}]})"));
}

}  // namespace
}  // namespace convoy
