// What a program may not add. (tests/extending adds what it may.)

#include "trainer/extensions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

NetEntry net_named(std::string_view name, std::vector<NetKey> keys = {}) {
  return {
      {.name = name, .head = "classifier.6."},
      find_net("alexnet").build,
      std::move(keys)};
}

PictureSource source_named(const std::string& name) {
  return {
      name, "", [](const std::string&) { return std::vector<PictureRow>{}; }};
}

Augmentation augmentation_named(
    const std::string& name, std::vector<AugmentationKey> keys = {}) {
  return {
      .name = name,
      .keys = std::move(keys),
      .on_picture = [](Image&, const AugmentationValues&, AugmentationDraws&) {
      }};
}

struct Refused {
  const char* message;
  Extensions extensions;
};

TEST(Extensions, AreRefusedWithASentence) {
  const std::vector<Refused> cases{
      {"the network \"resnet18\" is there already; give the new one another "
       "name",
       {.nets = {net_named("resnet18")}}},
      {"the name of the network \"Mine-2\": want lower-case letters, digits "
       "and underscores, a letter first",
       {.nets = {net_named("Mine-2")}}},
      {"the name of the key \"-1\": want",
       {.nets = {net_named("mine", {{.name = "-1"}})}}},
      {"the key \"width\" of the network \"mine\": its default 1 is not in "
       "2..4",
       {.nets = {net_named(
            "mine", {{.name = "width", .value = 1, .least = 2, .most = 4}})}}},
      {"the key \"twice\" of the augmentation \"mine\": there are two of that "
       "name",
       {.augmentations = {augmentation_named(
            "mine", {{.name = "twice"}, {.name = "twice"}})}}},
      {"a network and an augmentation are both named \"both\", and keys of "
       "both "
       "would be set as extensions.both.KEY",
       {.nets = {net_named("both")},
        .augmentations = {augmentation_named("both")}}},
      {"the name of the augmentation \"\": want",
       {.augmentations = {augmentation_named("")}}},
      {"the name of the key \"a.b\": want",
       {.augmentations = {augmentation_named("dotted", {{.name = "a.b"}})}}},
      {"`convoy import folder` is there already; give the source \"folder\" "
       "another name",
       {.sources = {source_named("folder")}}},
      {"`convoy import csv` is there already",
       {.sources = {source_named("csv"), source_named("csv")}}},
      {"the name of the source \"--val\": want",
       {.sources = {source_named("--val")}}},
      {"the source \"hollow\" has no function `rows`",
       {.sources = {{.name = "hollow"}}}},
  };
  for (const Refused& each : cases) {
    EXPECT_THAT(
        [&] { register_extensions(each.extensions); },
        ThrowsMessage<std::invalid_argument>(HasSubstr(each.message)));
  }
}

}  // namespace
}  // namespace convoy
