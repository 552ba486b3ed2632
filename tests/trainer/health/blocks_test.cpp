#include "trainer/health/blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace convoy {
namespace {

TEST(Blocks, TakesTheSmallestFreePartThatFits) {
  Blocks blocks(1000);
  EXPECT_EQ(blocks.take(100), 0u);
  EXPECT_EQ(blocks.take(50), 100u);
  EXPECT_EQ(blocks.take(30), 150u);
  EXPECT_EQ(blocks.take(20), 180u);
  blocks.give_back(0);
  blocks.give_back(150);
  EXPECT_EQ(blocks.take(25), 150u) << "30 are free here, 100 at 0, 800 behind";
  EXPECT_EQ(blocks.take(40), 0u);
  EXPECT_EQ(blocks.take(60), 40u);
  EXPECT_EQ(blocks.take(200), 200u);
}

TEST(Blocks, MakesNeighboursOneInWhateverOrderTheyComeBack) {
  std::vector<std::size_t> order{0, 1, 2};
  do {
    Blocks blocks(300);
    for (std::size_t i = 0; i < 3; ++i) {
      ASSERT_EQ(blocks.take(100), i * 100);
    }
    EXPECT_EQ(blocks.take(1), std::nullopt);
    for (const std::size_t i : order) {
      blocks.give_back(i * 100);
    }
    EXPECT_EQ(blocks.take(300), 0u);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Blocks, NeverGivesAByteTwiceAndEndsWhole) {
  constexpr std::size_t kBytes = 5000;
  std::mt19937 random(7);
  Blocks blocks(kBytes);
  std::map<std::size_t, std::size_t> taken;
  for (int i = 0; i < 20000; ++i) {
    if (random() % 2 == 0 || taken.empty()) {
      const std::size_t bytes = 1 + random() % 400;
      const auto offset = blocks.take(bytes);
      if (!offset) {
        continue;
      }
      ASSERT_LE(*offset + bytes, kBytes);
      const auto next = taken.lower_bound(*offset);
      ASSERT_TRUE(next == taken.end() || *offset + bytes <= next->first);
      if (next != taken.begin()) {
        const auto before = std::prev(next);
        ASSERT_LE(before->first + before->second, *offset);
      }
      taken[*offset] = bytes;
    } else {
      const auto one = std::next(
          taken.begin(), static_cast<std::ptrdiff_t>(random() % taken.size()));
      blocks.give_back(one->first);
      taken.erase(one);
    }
  }
  for (const auto& [offset, bytes] : taken) {
    blocks.give_back(offset);
  }
  EXPECT_EQ(blocks.take(kBytes), 0u);
}

}  // namespace
}  // namespace convoy
