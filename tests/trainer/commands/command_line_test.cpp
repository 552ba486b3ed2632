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
struct Painting {
  explicit Painting(const std::string& usage = "paint CANVAS [options]")
      : line(usage, "Paints.") {
    line.positional("CANVAS", &canvas, true)
        .value("colour", &colour, "of the brush")
        .value("width", &width, "of the brush", between(1, 99))
        .value("seed", &seed, "of the splashes", at_least(0))
        .value("pressure", &pressure, "of the hand", above(0))
        .range("span", &span, {0.5, 2}, "of the arms", above(0))
        .value("angle", &angle, "of the canvas", between(0, 90))
        .values("layer", &layers, "repeatable")
        .flag("dry", &dry, "no paint");
  }

  bool parse(const std::vector<std::string>& words) {
    return line.parse(words);
  }

  std::string canvas;
  std::string colour = "red";
  int width = 3;
  std::uint64_t seed = 1;
  double pressure = 0.5;
  std::optional<std::array<double, 2>> span;
  std::optional<double> angle;
  std::vector<std::string> layers;
  bool dry = false;
  CommandLine line;
};

void expect_refused(
    const std::vector<std::string>& words, const std::string& text) {
  EXPECT_THAT(
      [&] { Painting().parse(words); },
      ThrowsMessage<UsageError>(HasSubstr(text)));
}

TEST(CommandLine, TellsANumberThatIsZeroFromOneThatWasNotGiven) {
  Painting s;
  EXPECT_TRUE(s.parse({"sky"}));
  EXPECT_EQ(s.angle, std::nullopt);
  EXPECT_TRUE(s.parse({"sky", "--angle", "0"}));
  EXPECT_EQ(s.angle, 0);
  expect_refused({"sky", "--angle", "91"}, "--angle: want a number 0..90");
}

TEST(CommandLine, FillsWhatIsGivenAndKeepsDefaults) {
  Painting s;
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
        Painting().parse({"sky", "--color", "x"});
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
          Painting(usage).parse({"sky", "--zzzzzz"});
        },
        ThrowsMessage<UsageError>(HasSubstr(command)));
  }
}

TEST(CommandLine, GuessesNoAbbreviations) {
  expect_refused({"sky", "--wid", "4"}, "unknown option --wid");
}

TEST(CommandLine, WantsAValueWhereOneBelongs) {
  expect_refused({"sky", "--colour"}, "'--colour' is missing");
}

TEST(CommandLine, NumbersAreWholeAndInTheirRange) {
  for (const char* wrong :
       {"wide", "99999999999", "1.5", "0", "-3", "100", "010", "7x"}) {
    expect_refused(
        {"sky", "--width", wrong},
        std::string("--width: want an integer 1..99, got \"") + wrong + "\"");
  }
  for (const char* wrong : {"0", "-1", "nan", "inf", "hard", "1e999"}) {
    expect_refused(
        {"sky", "--pressure", wrong},
        std::string("--pressure: want a number above 0, got \"") + wrong +
            "\"");
  }
  expect_refused({"sky", "--seed", "-1"}, "--seed: want an integer of at");
  Painting s;
  s.parse(
      {"sky",
       "--width=99",
       "--seed",
       "18446744073709551615",
       "--pressure",
       "1e-3"});
  EXPECT_EQ(s.width, 99);
  EXPECT_EQ(s.seed, 18446744073709551615u);
  EXPECT_EQ(s.pressure, 1e-3);
}

TEST(CommandLine, TakesARangeWithOrWithoutItsNumbers) {
  using Span = std::array<double, 2>;
  for (const auto& [words, span] :
       {std::pair{std::vector<std::string>{"sky", "--span"}, Span{0.5, 2}},
        {{"--span", "sky"}, Span{0.5, 2}},
        {{"sky", "--span", "1e-3,10"}, Span{1e-3, 10}},
        {{"--span", "1,2.5", "sky"}, Span{1, 2.5}},
        {{"--span=3,4", "sky"}, Span{3, 4}}}) {
    Painting s;
    EXPECT_TRUE(s.parse(words));
    EXPECT_EQ(s.canvas, "sky");
    EXPECT_EQ(s.span, span);
  }
  Painting without;
  EXPECT_TRUE(without.parse({"sky"}));
  EXPECT_FALSE(without.span);
}

TEST(CommandLine, WantsARangeToRise) {
  expect_refused(
      {"sky", "--span", "1"},
      "--span: want FROM,TO such as 1e-6,10, got \"1\"");
  expect_refused({"sky", "--span", "1,0"}, "--span: want a number above 0");
  expect_refused({"sky", "--span=1,x"}, "--span: want a number above 0");
  expect_refused({"sky", "--span", "1,2,3"}, "--span: want a number above 0");
  expect_refused({"sky", "--span", "2,1"}, "--span: want FROM below TO");
  expect_refused({"sky", "--span", "2,2"}, "--span: want FROM below TO");
}

TEST(CommandLine, RefusesEmptyWords) {
  expect_refused(
      {"sky", "--colour", ""},
      "--colour is an empty word; want a value; see convoy paint --help");
  expect_refused({"sky", "--colour="}, "'--colour' ");
  expect_refused({"sky", "--width", ""}, "--width is an empty word");
  expect_refused({"sky", "--layer", ""}, "--layer is an empty word");
  expect_refused({""}, "CANVAS is an empty word; want a value");
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
  Painting s;
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
