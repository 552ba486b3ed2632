// The section `extensions` of a program that has some.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trainer/config/read.h"
#include "trainer/config/write.h"

namespace convoy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

/// As a program with a network and two augmentations reads it.
LoadedConfig with_extensions() {
  LoadedConfig loaded;
  loaded.config.extensions.nets = {
      {"small_net", {{.name = "width", .value = 16, .least = 1, .most = 64}}}};
  loaded.config.extensions.augmentations = {
      {.name = "invert",
       .help = "negative",
       .keys =
           {{.name = "share", .value = 0.5, .least = 0, .most = 1},
            {.name = "offset", .value = -3}}},
      {.name = "blur", .help = "blurs"}};
  return loaded;
}

std::vector<std::string> problems_of_override(const std::string& override) {
  LoadedConfig loaded = with_extensions();
  apply_overrides({override}, loaded);
  return loaded.problems;
}

TEST(ExtensionKeys, AreSetLikeAllOthers) {
  LoadedConfig loaded = with_extensions();
  apply_overrides(
      {"extensions.invert.probability=0.25",
       "extensions={invert: {share: 1, offset: 1.0e+6}}"},
      loaded);
  EXPECT_THAT(loaded.problems, IsEmpty());
  const Augmentation& invert = loaded.config.extensions.augmentations[0];
  EXPECT_EQ(invert.probability, 0.25);
  EXPECT_EQ(invert.keys[0].value, 1);
  EXPECT_EQ(invert.keys[1].value, 1e6);
  EXPECT_EQ(loaded.config.extensions.augmentations[1].probability, 0);
}

TEST(ExtensionKeys, GoToTheNetworkThatHasThem) {
  LoadedConfig loaded = with_extensions();
  const auto values = [&](const char* net) {
    return own_values(loaded.config.extensions, net);
  };
  EXPECT_THAT(values("small_net"), ElementsAre(Pair("width", 16)));
  apply_overrides({"extensions.small_net.width=24"}, loaded);
  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_THAT(values("small_net"), ElementsAre(Pair("width", 24)));
  EXPECT_THAT(values("resnet18"), IsEmpty());
}

TEST(ExtensionKeys, AreRefusedOutsideTheirRange) {
  EXPECT_THAT(
      problems_of_override("extensions.invert.share=2"),
      ElementsAre(
          HasSubstr("extensions.invert.share: want a number 0..1, got \"2\"")));
  EXPECT_THAT(
      problems_of_override("extensions.blur.probability=1.5"),
      ElementsAre(HasSubstr("want a number 0..1")));
  EXPECT_THAT(
      problems_of_override("extensions.small_net.width=65"),
      ElementsAre(HasSubstr(
          "extensions.small_net.width: want a number 1..64, got \"65\"")));
  EXPECT_THAT(
      problems_of_override("extensions.blur=0.5"),
      ElementsAre(HasSubstr("extensions.blur: want a map of keys")));
}

TEST(ExtensionKeys, AreNamedWhenNearlyMeant) {
  EXPECT_THAT(
      problems_of_override("extensions.invret.probability=1"),
      ElementsAre(HasSubstr("extensions.invret: unknown key; did you mean "
                            "extensions.invert?")));
  EXPECT_THAT(
      problems_of_override("extensions.invert.shar=1"),
      ElementsAre(HasSubstr("did you mean extensions.invert.share?")));
}

TEST(ExtensionKeys, ArePrintedAndReadBack) {
  LoadedConfig loaded = with_extensions();
  loaded.config.extensions.augmentations[0].probability = 0.125;
  EXPECT_THAT(
      to_yaml(loaded.config),
      HasSubstr("extensions:\n"
                "  small_net:\n"
                "    width: 16\n"
                "  invert:\n"
                "    probability: 0.125\n"
                "    share: 0.5\n"
                "    offset: -3\n"
                "  blur:\n"
                "    probability: 0\n"));
  const auto flat = flatten(loaded.config);
  EXPECT_THAT(flat, Contains(Pair("extensions.invert.probability", "0.125")));
  for (const auto& [key, value] : flat) {
    LoadedConfig back = with_extensions();
    apply_overrides({key + "=" + value}, back);
    EXPECT_THAT(back.problems, IsEmpty()) << key;
  }
}

TEST(ExtensionKeys, AreUnknownToAProgramWithoutExtensions) {
  EXPECT_THAT(to_yaml(Config{}), Not(HasSubstr("extensions")));
  EXPECT_THAT(configuration_reference(), Not(HasSubstr("extensions")));
  EXPECT_THAT(
      read_config("extensions: {invert: {probability: 1}}", "my.yaml").problems,
      ElementsAre("my.yaml:1: extensions.invert: unknown key; this program has "
                  "no extensions, start the one that was built with it "
                  "(docs/extending.md)"));
}

}  // namespace
}  // namespace convoy
