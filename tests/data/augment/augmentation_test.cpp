// Augmentations of one's own: what they draw, and which are refused.

#include "data/augment/augmentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::vector<double> ten_draws(const DrawKey& key, const std::string& name) {
  AugmentationDraws draws(key, name);
  std::vector<double> numbers;
  for (int i = 0; i < 10; ++i) {
    numbers.push_back(draws.uniform());
  }
  return numbers;
}

TEST(AugmentationDraws, DependOnTheSampleAndTheNameAlone) {
  const auto first = ten_draws({1, 2, 3}, "invert");
  EXPECT_EQ(ten_draws({1, 2, 3}, "invert"), first);
  for (const auto& others :
       {ten_draws({9, 2, 3}, "invert"),
        ten_draws({1, 9, 3}, "invert"),
        ten_draws({1, 2, 9}, "invert"),
        ten_draws({1, 2, 3}, "blur")}) {
    for (std::size_t i = 0; i < first.size(); ++i) {
      EXPECT_NE(others[i], first[i]);
    }
  }
}

TEST(AugmentationDraws, AreSpreadEvenlyAndNeverRepeat) {
  AugmentationDraws draws({5, 0, 7}, "invert");
  std::vector<double> numbers;
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    numbers.push_back(draws.uniform(2, 4));
    EXPECT_GE(numbers.back(), 2);
    EXPECT_LT(numbers.back(), 4);
    sum += numbers.back();
  }
  // Six standard deviations of the mean of numbers with deviation 2 / sqrt(12).
  EXPECT_NEAR(sum / 10000, 3, 6 * 2 / std::sqrt(12.0) / 100);
  std::sort(numbers.begin(), numbers.end());
  EXPECT_EQ(std::adjacent_find(numbers.begin(), numbers.end()), numbers.end());
}

Augmentation sound() {
  return {
      .name = "sound",
      .help = "nothing",
      .keys = {{.name = "strength", .value = 1, .least = 0, .most = 2}},
      .on_picture = [](Image&, const AugmentationValues&, AugmentationDraws&) {
      }};
}

struct Unsound {
  const char* message;
  void (*spoil)(Augmentation&);
};

class UnsoundAugmentations : public ::testing::TestWithParam<Unsound> {};

TEST_P(UnsoundAugmentations, AreRefusedWithASentence) {
  EXPECT_THAT(
      [] {
        Augmentation augmentation = sound();
        GetParam().spoil(augmentation);
        register_augmentation(augmentation);
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr(GetParam().message)));
}

const Unsound kUnsound[] = {
    {"\"sound\" has no operation; set one of on_picture and on_finished",
     [](Augmentation& a) { a.on_picture = nullptr; }},
    {"\"sound\" has more than one operation",
     [](Augmentation& a) {
       a.on_finished = [](const FinishedSample&,
                          const AugmentationValues&,
                          AugmentationDraws&) {};
     }},
    {"has the probability 0.5; leave it at 0",
     [](Augmentation& a) { a.probability = 0.5; }},
    {"\"sound\" has a key \"probability\", as all of them have",
     [](Augmentation& a) { a.keys[0].name = "probability"; }},
};
INSTANTIATE_TEST_SUITE_P(
    Each, UnsoundAugmentations, ::testing::ValuesIn(kUnsound));

TEST(RegisterAugmentation, ListsItAndRefusesItsNameAfterwards) {
  Augmentation first = sound();
  first.name = "first";
  register_augmentation(first);
  EXPECT_EQ(registered_augmentations().back().name, "first");
  EXPECT_EQ(registered_augmentations().back().keys[0].value, 1);
  EXPECT_THAT(
      [&] { register_augmentation(first); },
      ThrowsMessage<std::invalid_argument>(
          HasSubstr("there are two augmentations named \"first\"")));
}

}  // namespace
}  // namespace convoy
