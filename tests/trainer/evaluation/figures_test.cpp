// Everything together, and as tables.

#include "trainer/evaluation/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/trainer/evaluation/made.h"
#include "trainer/evaluation/tables.h"
#include "trainer/report/evaluation_json.h"
#include "trainer/report/evaluation_lines.h"
#include "trainer/report/evaluation_table.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::vector<std::string> kFigureNames{"good", "dent, deep", "scratch"};
const std::vector<std::string> kFigureKeys{
    "cam1_a", "cam1_b", "cam2_c", "cam2_d"};

Predictions four_samples() {
  return testing::predictions_of(
      {{0, {0.75, 0.125, 0.125}},
       {1, {0.25, 0.5, 0.25}},
       {1, {0.4375, 0.375, 0.1875}},
       {2, {0.125, 0.25, 0.625}}});
}

FigureWishes all_wishes() {
  FigureWishes wishes;
  wishes.threshold = 0.6;
  wishes.is_ng = {false, true, true};
  wishes.escape = 0.5;
  wishes.group_by.emplace("(cam.)");
  return wishes;
}

EvaluationFigures all_figures() {
  return figures_of(four_samples(), kFigureNames, kFigureKeys, all_wishes());
}

TEST(Figures, HaveWhatWasWished) {
  const EvaluationFigures figures = all_figures();
  EXPECT_EQ(figures.sums.top1, 3);
  EXPECT_EQ(figures.at_threshold->covered, 2);
  EXPECT_EQ(figures.key_groups.size(), 2U);
  EXPECT_EQ(figures.two_groups->table[50].escapes, 0);
  EXPECT_EQ(figures.two_groups->ng_samples, 3);
  EXPECT_TRUE(figures.two_groups->with_unsure.has_value());
  EXPECT_EQ(figures.two_groups->for_escape->escapes, 1);
  EXPECT_FALSE(figures.two_groups->for_assured_escape.has_value());
  EXPECT_EQ(figures.target_errors[0].reached->covered, 3);
  EXPECT_TRUE(figures.calibration.has_value());
}

TEST(Figures, LeaveOutWhatWasNot) {
  Predictions without_scores = four_samples();
  without_scores.log_probabilities.clear();
  const EvaluationFigures figures =
      figures_of(without_scores, kFigureNames, kFigureKeys, {});
  EXPECT_EQ(figures.sums.top1, 3);
  EXPECT_FALSE(figures.at_threshold.has_value());
  EXPECT_FALSE(figures.two_groups.has_value());
  EXPECT_FALSE(figures.calibration.has_value());
  EXPECT_TRUE(figures.coverage.empty());
  EXPECT_EQ(further_lines(figures, {}), "");
}

TEST(Tables, HaveALineForEachClassAndTheAverages) {
  EXPECT_EQ(
      per_class_csv(figures_of(four_samples(), kFigureNames, kFigureKeys, {})),
      "class,support,predicted,hits,unsure,precision,recall,f1,precision@5,"
      "recall@5,f1@5,taken for,times\n"
      "good,1,2,1,,0.500000,1.000000,0.666667,1.000000,1.000000,1.000000,,\n"
      "\"dent, deep\",2,1,1,,1.000000,0.500000,0.666667,1.000000,1.000000,"
      "1.000000,good,1\n"
      "scratch,1,1,1,,1.000000,1.000000,1.000000,1.000000,1.000000,1.000000,,"
      "\n"
      "(macro average),4,,,,0.833333,0.833333,0.777778,1.000000,1.000000,"
      "1.000000,,\n"
      "(micro average),4,,,,0.750000,0.750000,0.750000,1.000000,1.000000,"
      "1.000000,,\n");
}

TEST(Tables, HaveTheConfusionMatrix) {
  EXPECT_EQ(
      confusion_csv(all_figures()),
      "true,good,\"dent, deep\",scratch,(unsure)\n"
      "good,1,0,0,0\n"
      "\"dent, deep\",0,0,0,2\n"
      "scratch,0,0,1,0\n");
}

TEST(Tables, HaveALineForEachSample) {
  const std::string text =
      samples_csv(four_samples(), kFigureNames, kFigureKeys, {});
  EXPECT_THAT(text, StartsWith("index,key,true,predicted,probability,"));
  EXPECT_THAT(text, HasSubstr("\n2,cam2_c,\"dent, deep\",good,0.43"));
  EXPECT_THAT(text, HasSubstr(",1,\"good;dent, deep;scratch\"\n"));
}

TEST(Tables, HaveThresholdsBinsAndGroups) {
  const EvaluationFigures figures = all_figures();
  EXPECT_THAT(
      thresholds_csv(figures.coverage),
      HasSubstr("\n0.6,2,2,0.500000,1.000000,0.776393\n"));
  EXPECT_THAT(
      thresholds_csv(figures.coverage),
      HasSubstr("\n1,0,4,0.000000,,1.000000\n"));
  EXPECT_THAT(
      ng_thresholds_csv(figures.two_groups->table),
      HasSubstr("\n0.6,1,0.333333,0.864650,0,0.000000,0.950000\n"));
  EXPECT_THAT(
      reliability_csv(*figures.calibration),
      HasSubstr("\n1.000000,0.733333,0.800000,1,1.000000,0.750000\n"));
  EXPECT_THAT(
      groups_csv(figures.key_groups),
      StartsWith("group,samples,acc@1,acc@5,loss\n"
                 "cam1,2,1.000000,1.000000,0.490415\n"
                 "cam2,2,0.500000,1.000000,"));
}

EvaluationSubject some_subject() {
  return {"best.safetensors", "/data/val.lmdb"};
}

TEST(EvaluationJson, HasTheCountsAndNothingThatWasNotAskedFor) {
  const auto json = nlohmann::json::parse(evaluation_json(
      some_subject(),
      figures_of(four_samples(), kFigureNames, kFigureKeys, {}),
      {}));
  EXPECT_EQ(json["samples"], 4);
  EXPECT_EQ(json["top1_hits"], 3);
  EXPECT_EQ(json["top1"], 75.0);
  EXPECT_EQ(json["averages"]["balanced_accuracy"], 2.5 / 3);
  for (const char* key : {"tta", "groups", "two_groups", "at_threshold"}) {
    EXPECT_FALSE(json.contains(key)) << key;
  }
}

TEST(EvaluationJson, HasWhatWasAskedFor) {
  EvaluationSubject asked = some_subject();
  asked.tta = Tta::flip;
  asked.ng = {"dent, deep", "scratch"};
  const auto json = nlohmann::json::parse(
      evaluation_json(asked, all_figures(), all_wishes()));
  EXPECT_EQ(json["tta"], "flip");
  EXPECT_EQ(json["at_threshold"]["unsure"], 2);
  EXPECT_EQ(json["groups"][1]["group"], "cam2");
  EXPECT_EQ(json["groups"][1]["top1"], 50.0);
  EXPECT_EQ(json["two_groups"]["escape_at_most"]["observed"]["escapes"], 1);
  EXPECT_TRUE(json["two_groups"]["escape_at_most"]["assured"].is_null());
  EXPECT_EQ(json["two_groups"]["with_unsure"]["unsure_ng"], 1);
}

TEST(ReportJson, HasEveryTable) {
  const auto worst =
      worst_entries(four_samples().samples, kFigureNames, kFigureKeys, 1);
  const auto json = nlohmann::json::parse(
      report_json(some_subject(), all_figures(), all_wishes(), worst));
  EXPECT_EQ(json["classes"].size(), 3U);
  EXPECT_EQ(json["classes"][1]["taken_for"], nullptr) << "unsure, not wrong";
  EXPECT_EQ(json["confusion"][1], (std::vector<int>{0, 0, 0, 2}));
  EXPECT_EQ(json["thresholds"].size(), 101U);
  EXPECT_EQ(json["two_groups"]["thresholds"].size(), 101U);
  EXPECT_EQ(json["calibration"]["reliability"].size(), 15U);
  EXPECT_EQ(json["worst"][0]["key"], "cam2_c");
  EXPECT_EQ(json["worst"][0]["file"], nullptr);
  EXPECT_EQ(json["left_out"].size(), 0U);
}

TEST(ClassTable, ShowsFewClassesOneAndAll) {
  const std::string table =
      class_table(figures_of(four_samples(), kFigureNames, kFigureKeys, {}));
  EXPECT_EQ(
      table,
      "\n"
      "class          support  precision  recall     F1  recall@5"
      "  mostly taken for\n"
      "good                 1      0.500   1.000  0.667     1.000\n"
      "dent, deep           2      1.000   0.500  0.667     1.000  good (1)\n"
      "scratch              1      1.000   1.000  1.000     1.000\n"
      "macro average               0.833   0.833  0.778     1.000\n"
      "micro average               0.750   0.750  0.750     1.000\n");
}

TEST(ClassTable, ShowsTheWorstOfManyClasses) {
  std::vector<SampleResult> samples;
  std::vector<std::string> names;
  for (int c = 0; c < 40; ++c) {
    names.push_back("class" + std::to_string(c));
    if (c != 39) {  // without samples: nothing to be bad at
      samples.push_back(testing::taken(c, c == 7 ? 8 : c));
    }
  }
  const std::string table =
      class_table(figures_of({40, samples, {}}, names, {}, {}));
  EXPECT_THAT(table, StartsWith("\nthe 15 classes of lowest F1, of 40:\n"));
  EXPECT_THAT(table, HasSubstr("taken for\nclass7 "));
  EXPECT_THAT(table, HasSubstr("  class8 (1)\nclass8 "));
  EXPECT_THAT(table, Not(HasSubstr("class39")));
}

double number_behind(const std::string& words, const std::string& text) {
  const std::size_t at = text.find(words);
  return at == std::string::npos ? -1
                                 : std::stod(text.substr(at + words.size()));
}

TEST(FurtherLines, SayWhatWasAskedFor) {
  const std::string lines = further_lines(all_figures(), all_wishes());
  EXPECT_THAT(
      lines,
      StartsWith("\nat threshold 0.6: 2 of 4 samples covered (50.00 %), "
                 "accuracy 100.00 % of them, 2 unsure\n"));
  EXPECT_THAT(
      lines,
      HasSubstr("NG where its probability is 0.5 or more: escape 0.00 % (0 of "
                "3 NG; at most 63.16 % at 95 % confidence), overkill 0.00 % (0 "
                "of 1 OK)\n"));
  const EvaluationFigures figures = all_figures();
  EXPECT_EQ(
      number_behind("escape <= 50.00 % of these samples: threshold ", lines),
      figures.two_groups->for_escape->threshold);
  EXPECT_THAT(
      lines,
      HasSubstr("escape <= 50.00 % at 95 % confidence: wants 5 NG samples at "
                "least, there are 3\n"));
  EXPECT_THAT(lines, HasSubstr("calibration error "));
  const auto reached = std::find_if(
      figures.target_errors.begin(),
      figures.target_errors.end(),
      [](const TargetError& target) { return target.error == 0.01; });
  EXPECT_EQ(
      number_behind("error <= 1.00 %: threshold ", lines),
      reached->reached->threshold);
  EXPECT_THAT(lines, HasSubstr(" covers 75.00 %\n"));
  EXPECT_THAT(lines, HasSubstr("\ncam2              2   50.000  100.000"));
}

}  // namespace
}  // namespace convoy
