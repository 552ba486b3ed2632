#include "trainer/evaluation/confusion_svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/trainer/evaluation/made.h"
#include "trainer/evaluation/markup.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::taken;

std::vector<std::string> numbered_names(std::int64_t classes) {
  std::vector<std::string> names;
  for (std::int64_t c = 0; c < classes; ++c) {
    names.push_back("class_" + std::to_string(c));
  }
  return names;
}

std::string matrix_picture(
    std::int64_t classes, std::optional<double> threshold = std::nullopt) {
  std::vector<SampleResult> samples;
  for (std::int64_t c = 0; c < classes; ++c) {
    samples.push_back(taken(c, c, 0.9));
    samples.push_back(taken(c, (c + 1) % classes, 0.4));
  }
  return confusion_svg(
      ConfusionMatrix(samples, classes, threshold), numbered_names(classes));
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size())) {
    ++found;
  }
  return found;
}

/// Width and height of the picture.
std::pair<double, double> picture_size(const std::string& svg) {
  std::smatch match;
  std::regex_search(
      svg, match, std::regex("viewBox=\"0 0 ([0-9]+) ([0-9]+)\""));
  return {std::stod(match[1]), std::stod(match[2])};
}

TEST(ConfusionSvg, DrawsACellForEachPairThatOccurs) {
  const std::string svg = matrix_picture(3);
  EXPECT_EQ(count_of(svg, "<title>"), 6U);
  EXPECT_THAT(
      svg, HasSubstr("<title>class_2 taken for class_0: 1 of 2 (50.0 %)"));
  EXPECT_EQ(count_of(svg, ">1</text>"), 6U) << "counts";
}

TEST(ConfusionSvg, NamesClassesAsLongAsTheyFit) {
  for (const int classes : {2, 12, 30, 60, 100, 200}) {
    const std::string svg = matrix_picture(classes);
    EXPECT_EQ(count_of(svg, ">class_1</text>"), 2U) << classes << " classes";
    EXPECT_EQ(count_of(svg, ">1</text>") > 0, classes <= 30) << classes;
  }
  EXPECT_THAT(matrix_picture(201), Not(HasSubstr(">class_1</text>")));
}

TEST(ConfusionSvg, StaysOfAReadableSize) {
  for (const int classes : {1, 2, 30, 100, 200, 1000}) {
    const auto [width, height] = picture_size(matrix_picture(classes));
    EXPECT_GE(width, 400) << classes << " classes";
    EXPECT_LE(width, 2100) << classes << " classes";
    EXPECT_LE(height, 2200) << classes << " classes";
  }
}

TEST(ConfusionSvg, ShowsUnsureSamplesInAColumnOfTheirOwn) {
  EXPECT_THAT(matrix_picture(3), Not(HasSubstr("unsure")));
  const std::string svg = matrix_picture(3, 0.5);
  EXPECT_EQ(count_of(svg, ">unsure</text>"), 2U) << "a column, and the legend";
  EXPECT_THAT(svg, HasSubstr("class_2 taken for unsure: 1 of 2"));
}

TEST(ConfusionSvg, EscapesAndShortensNames) {
  const std::vector<SampleResult> samples{taken(0, 1)};
  const std::string svg = confusion_svg(
      ConfusionMatrix(samples, 2), {"a<b&\"c\"", std::string(40, 'x')});
  EXPECT_THAT(svg, HasSubstr("a&lt;b&amp;&quot;c&quot;"));
  EXPECT_THAT(svg, HasSubstr(">" + std::string(27, 'x') + "…</text>"));
}

TEST(ConfusionSvg, DrawsMoreOfARowDarker) {
  const std::vector<SampleResult> samples{
      taken(0, 0), taken(0, 0), taken(0, 0), taken(0, 1), taken(1, 1)};
  const std::string svg =
      confusion_svg(ConfusionMatrix(samples, 2), {"a", "b"});
  const auto fill_of = [&](const std::string& title) {
    const std::size_t at = svg.find(title);
    const std::size_t fill = svg.rfind("fill=\"#", at) + 7;
    return std::stoi(svg.substr(fill, 2), nullptr, 16);  // red
  };
  EXPECT_EQ(fill_of("b taken for b"), 8) << "all of a row";
  EXPECT_GT(fill_of("a taken for a"), fill_of("b taken for b"));
}

TEST(Markup, CountsAndCutsCharactersAndNotBytes) {
  EXPECT_EQ(characters("Größe"), 5U);
  EXPECT_EQ(shortened("Größe", 5), "Größe");
  EXPECT_EQ(shortened("Größe", 4), "Grö…");
  EXPECT_EQ(padded_to("Größe", 7), "Größe  ");
  EXPECT_EQ(
      escaped(std::string("a\x01"
                          "\xFF")),
      "a\\x01\\xff");
}

}  // namespace
}  // namespace convoy
