// Parallel work, taken in order.

#include "data/importers/ordered.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace convoy {
namespace {

TEST(Ordered, TakesResultsInOrder) {
  for (const int workers : {1, 2, 9}) {
    std::vector<std::size_t> taken;
    for_each_in_order(
        1000,
        workers,
        [](int, std::size_t index) { return index * index; },
        [&](std::size_t index, std::size_t result) {
          EXPECT_EQ(result, index * index);
          taken.push_back(index);
        });
    EXPECT_EQ(taken.size(), 1000u);
    EXPECT_TRUE(std::is_sorted(taken.begin(), taken.end()));
  }
}

TEST(Ordered, NeverRunsFarAhead) {
  std::atomic<std::size_t> made = 0;
  std::size_t farthest = 0;
  for_each_in_order(
      500,
      3,
      [&](int, std::size_t index) {
        ++made;
        return index;
      },
      [&](std::size_t index, std::size_t) {
        farthest = std::max(farthest, made - index);
      });
  EXPECT_LE(farthest, 8u * 3 + 1);
}

TEST(Ordered, ThrowsTheFirstErrorInOrder) {
  for (const int workers : {1, 4}) {
    std::size_t taken = 0;
    try {
      for_each_in_order(
          100,
          workers,
          [](int, std::size_t index) {
            if (index % 10 == 7) {
              throw std::runtime_error(std::to_string(index));
            }
            return index;
          },
          [&](std::size_t, std::size_t) { ++taken; });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "7");
    }
    EXPECT_EQ(taken, 7u);
  }
}

TEST(Ordered, AnErrorOfTheTakerEndsTheWorkers) {
  EXPECT_THROW(
      for_each_in_order(
          1000,
          4,
          [](int, std::size_t index) { return index; },
          [](std::size_t index, std::size_t) {
            if (index == 20) {
              throw std::logic_error("enough");
            }
          }),
      std::logic_error);
}

TEST(Ordered, DoesNothingForNothing) {
  for_each_in_order(
      0,
      4,
      [](int, std::size_t index) { return index; },
      [](std::size_t, std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace convoy
