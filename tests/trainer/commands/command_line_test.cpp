#include "trainer/commands/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/errors.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

/// A command with an option of each kind.
struct Sample {
  explicit Sample(const std::string& usage = "paint CANVAS [options]")
      : line(usage, "Paints.") {
    line.positional("CANVAS", &canvas, true)
        .value("colour", &colour, "of the brush")
        .value("width", &width, "of the brush")
        .value("pressure", &pressure, "of the hand")
        .values("layer", &layers, "repeatable")
        .flag("dry", &dry, "no paint");
  }

  bool parse(const std::vector<std::string>& words) {
    return line.parse(words);
  }

  std::string canvas;
  std::string colour = "red";
  int width = 3;
  double pressure = 0.5;
  std::vector<std::string> layers;
  bool dry = false;
  CommandLine line;
};

void expect_refused(
    const std::vector<std::string>& words, const std::string& text) {
  EXPECT_THAT(
      [&] { Sample().parse(words); },
      ThrowsMessage<UsageError>(HasSubstr(text)));
}

TEST(CommandLine, FillsWhatIsGivenAndKeepsDefaults) {
  Sample s;
  EXPECT_TRUE(
      s.parse({"sky", "--width", "7", "--layer", "a", "--layer=b", "--dry"}));
  EXPECT_EQ(s.canvas, "sky");
  EXPECT_EQ(s.colour, "red");
  EXPECT_EQ(s.width, 7);
  EXPECT_EQ(s.pressure, 0.5);
  EXPECT_THAT(s.layers, ElementsAre("a", "b"));
  EXPECT_TRUE(s.dry);
}

TEST(CommandLine, NamesTheNearestOption) {
  EXPECT_THAT(
      [] {
        Sample().parse({"sky", "--color", "x"});
      },
      ThrowsMessage<UsageError>(
          "unknown option --color; did you mean --colour?"));
}

TEST(CommandLine, PointsToTheHelpWhenNothingIsNear) {
  expect_refused(
      {"sky", "--unheard-of"},
      "unknown option --unheard-of; see convoy paint --help");
}

TEST(CommandLine, NamesTheSubcommandInEveryUsage) {
  for (const auto& [usage, command] :
       {std::pair{"nets [NAME] [options]", "convoy nets --help"},
        {"evaluate (CONFIG | --checkpoint PATH)", "convoy evaluate --help"},
        {"predict --checkpoint PATH FILE", "convoy predict --help"},
        {"dataset info DB [options]", "convoy dataset info --help"}}) {
    EXPECT_THAT(
        [&] {
          Sample(usage).parse({"sky", "--zzzzzz"});
        },
        ThrowsMessage<UsageError>(HasSubstr(command)));
  }
}

TEST(CommandLine, GuessesNoAbbreviations) {
  expect_refused({"sky", "--wid", "4"}, "unknown option --wid");
}

TEST(CommandLine, WantsAValueWhereOneBelongs) {
  expect_refused({"sky", "--colour"}, "'--colour' is missing");
  expect_refused({"sky", "--width", "wide"}, "('wide') for option '--width'");
  expect_refused({"sky", "--width", "99999999999"}, "'--width' is invalid");
  expect_refused({"sky", "--width", "1.5"}, "'--width' is invalid");
}

TEST(CommandLine, RefusesTheSameOptionTwice) {
  expect_refused(
      {"sky", "--width", "1", "--width", "2"},
      "'--width' cannot be specified more than once");
}

TEST(CommandLine, CountsWords) {
  expect_refused({}, "CANVAS is missing: want \"convoy paint CANVAS");
  expect_refused({"sky", "sea"}, "too many words: want \"convoy paint CANVAS");
}

TEST(CommandLine, TakesTheRestAsAList) {
  std::string first;
  std::vector<std::string> others;
  CommandLine line("join A B...", "Joins.");
  line.positional("A", &first, true).rest("B", &others, true);
  EXPECT_TRUE(line.parse({"x", "y", "z"}));
  EXPECT_EQ(first, "x");
  EXPECT_THAT(others, ElementsAre("y", "z"));
  std::string lone;
  CommandLine empty("join A B...", "Joins.");
  empty.positional("A", &lone, true).rest("B", &others, true);
  EXPECT_THAT(
      [&] { empty.parse({"x"}); },
      ThrowsMessage<UsageError>(HasSubstr("B is missing")));
}

TEST(CommandLine, PrintsHelpFromTheTableThatParses) {
  Sample s;
  ::testing::internal::CaptureStdout();
  EXPECT_FALSE(s.parse({"--help"})) << "though CANVAS is missing";
  EXPECT_THAT(
      ::testing::internal::GetCapturedStdout(),
      AllOf(
          StartsWith("Usage: convoy paint CANVAS [options]\n\nPaints.\n"),
          HasSubstr("--colour X (=red)"),
          HasSubstr("--width X (=3)"),
          HasSubstr("of the hand"),
          HasSubstr("--help")));
}

}  // namespace
}  // namespace convoy
