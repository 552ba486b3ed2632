#include "trainer/commands/evaluation_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.h"
#include "tests/support/temp_dir.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const std::vector<std::string> kPartNames{"dent", "good", "scratch"};

EvaluateArguments parsed_evaluate(std::vector<std::string> words) {
  words.insert(words.begin(), {"--checkpoint", "best.safetensors"});
  EvaluateArguments arguments;
  EXPECT_TRUE(parse_evaluate(words, arguments));
  return arguments;
}

void expect_plan_refused(
    const std::vector<std::string>& words, const std::string& why) {
  EXPECT_THAT(
      [&] { plan_evaluation(parsed_evaluate(words), kPartNames); },
      ThrowsMessage<UsageError>(HasSubstr(why)));
}

TEST(EvaluateOptions, AskForNothingByThemselves) {
  const EvaluateArguments a = parsed_evaluate({});
  EXPECT_FALSE(a.needs_scores());
  EXPECT_FALSE(a.wants_more());
  EXPECT_EQ(a.tta, Tta::none);
  EXPECT_FALSE(a.threshold.has_value());
}

TEST(EvaluateOptions, AreRead) {
  const EvaluateArguments a = parsed_evaluate(
      {"--report",
       "r",
       "--worst",
       "12",
       "--ng",
       "dent",
       "--escape",
       "0",
       "--threshold",
       "0.75",
       "--tta",
       "ten_crop"});
  EXPECT_EQ(a.report, "r");
  EXPECT_EQ(a.worst, 12);
  EXPECT_EQ(a.escape, 0);
  EXPECT_EQ(a.threshold, 0.75);
  EXPECT_EQ(a.tta, Tta::ten_crop);
  EXPECT_TRUE(a.needs_scores());
}

TEST(EvaluateOptions, TellWhichOtherTheyNeed) {
  expect_plan_refused({"--worst", "5"}, "--worst needs --report FOLDER");
  expect_plan_refused({"--overwrite"}, "--overwrite needs --report FOLDER");
  expect_plan_refused({"--escape", "0.01"}, "--escape needs --ng CLASS,CLASS");
}

TEST(EvaluateOptions, RefuseWhatIsOutOfRange) {
  expect_plan_refused({"--tta", "five"}, "want one of none, flip, ten_crop");
  expect_plan_refused(
      {"--threshold", "1.5"}, "--threshold: want a number 0..1");
  expect_plan_refused({"--threshold", "x"}, "--threshold: want a number 0..1");
  expect_plan_refused(
      {"--ng", "dent", "--escape", "-1"}, "--escape: want a number");
  expect_plan_refused(
      {"--report", "r", "--worst", "-1"}, "--worst: want an integer");
}

TEST(EvaluationPlan, MarksNgClasses) {
  const EvaluationPlan plan =
      plan_evaluation(parsed_evaluate({"--ng", "scratch,dent"}), kPartNames);
  EXPECT_THAT(plan.ng, ElementsAre("scratch", "dent"));
  EXPECT_THAT(plan.wishes.is_ng, ElementsAre(true, false, true));
}

TEST(EvaluationPlan, TakesNgClassesOneByOneAndWithCommasInTheirNames) {
  const EvaluationPlan plan = plan_evaluation(
      parsed_evaluate({"--ng", "dent, deep", "--ng", "scratch"}),
      {"dent, deep", "good", "scratch"});
  EXPECT_THAT(plan.ng, ElementsAre("dent, deep", "scratch"));
  EXPECT_THAT(plan.wishes.is_ng, ElementsAre(true, false, true));
}

TEST(EvaluationPlan, NamesNgClassesAfterTheMap) {
  const testing::TempDir dir;
  testing::write_text(dir / "map.csv", "dent,defect\nscratch,defect\n");
  const EvaluationPlan plan = plan_evaluation(
      parsed_evaluate({"--class-map", dir / "map.csv", "--ng", "defect"}),
      kPartNames);
  EXPECT_THAT(plan.class_names, ElementsAre("defect", "good"));
  EXPECT_THAT(plan.wishes.is_ng, ElementsAre(true, false));
}

TEST(EvaluationPlan, RefusesNgClassesThatAreNotThereOrAll) {
  expect_plan_refused(
      {"--ng", "dent,scretch"},
      "--ng: \"scretch\" is none of the 3 classes (dent, good, scratch); did "
      "you mean \"scratch\"?");
  expect_plan_refused({"--ng", "dent,,good"}, "--ng: \"\" is none of");
  expect_plan_refused(
      {"--ng", "good,dent,scratch"},
      "--ng names all 3 classes; want one at least that is OK");
}

TEST(EvaluationPlan, RefusesAPatternWithoutParentheses) {
  expect_plan_refused({"--group-by", "cam."}, "has no parentheses");
}

}  // namespace
}  // namespace convoy
