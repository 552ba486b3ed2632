#include "data/loader/class_turns.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "data/errors.h"

namespace convoy {
namespace {

/// Of samples 0 to 11: three, one, none and seven of the classes 0 to 3; sample
/// 5 has none.
const std::vector<std::int32_t> kLabels{0, 3, 3, 0, 3, -1, 1, 3, 3, 0, 3, 3};

TEST(ClassTurns, TakesClassesInTurnOverAnyStretch) {
  const ClassTurns turns(kLabels);
  ASSERT_EQ(turns.classes(), 3U);
  for (std::uint64_t first : {0, 1, 17, 1000}) {
    for (std::uint64_t length : {3, 8, 100}) {
      std::map<std::int32_t, std::uint64_t> drawn;
      for (std::uint64_t i = 0; i < length; ++i) {
        ++drawn[kLabels[turns.at(7, first, i).index]];
      }
      EXPECT_EQ(drawn.size(), 3U);
      for (const auto& [label, count] : drawn) {
        EXPECT_GE(label, 0);
        EXPECT_GE(count, length / 3);
        EXPECT_LE(count, (length + 2) / 3);
      }
    }
  }
}

TEST(ClassTurns, GoesThroughAllSamplesOfAClassBeforeOneComesAgain) {
  const ClassTurns turns(kLabels);
  std::map<std::uint64_t, int> times;
  // 3 x 1 x 7 rounds over the classes: whole rounds of each class.
  for (std::uint64_t i = 0; i < 3 * 21; ++i) {
    ++times[turns.at(7, 0, i).index];
  }
  EXPECT_EQ(times.size(), 11U);
  for (const auto& [index, count] : times) {
    EXPECT_EQ(
        count,
        kLabels[index] == 0   ? 7
        : kLabels[index] == 1 ? 21
                              : 3)
        << index;
  }
}

TEST(ClassTurns, DrawsAnotherOrderEachTimeRoundAndForEachClassAndSeed) {
  // Two classes of 50 samples each.
  std::vector<std::int32_t> labels(100);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels[i] = static_cast<std::int32_t>(i % 2);
  }
  const ClassTurns turns(labels);
  const auto order_of =
      [&](std::uint64_t seed, std::uint64_t label, std::uint64_t time_round) {
        std::vector<std::uint64_t> places;
        for (std::uint64_t i = 0; i < 50; ++i) {
          places.push_back(
              turns.at(seed, 100 * time_round, 2 * i + label).index / 2);
        }
        return places;
      };
  const auto one = order_of(1, 0, 0);
  EXPECT_EQ(order_of(1, 0, 0), one);
  EXPECT_NE(order_of(1, 0, 1), one);
  EXPECT_NE(order_of(1, 1, 0), one);
  EXPECT_NE(order_of(2, 0, 0), one);
}

TEST(ClassTurns, TellsTurnsOfASampleSinceTheFirstApart) {
  const ClassTurns turns(kLabels);
  for (std::uint64_t first : {0, 1, 2, 50, 1234}) {
    std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
    for (std::uint64_t i = 0; i < 60; ++i) {
      const auto [index, round] = turns.at(3, first, i);
      EXPECT_TRUE(seen.insert({index, round}).second) << index;
      EXPECT_LE(round, 20U);  // the lone sample of class 1 comes 20 times
    }
  }
}

TEST(ClassTurns, RefusesSamplesWithoutClasses) {
  EXPECT_THROW(ClassTurns({}), BadData);
  EXPECT_THROW(ClassTurns(std::vector<std::int32_t>{-1, -1}), BadData);
}

}  // namespace
}  // namespace convoy
