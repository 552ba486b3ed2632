#include "data/augment/random.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace convoy {
namespace {

TEST(DrawBlock, IsPhiloxOfTheKey) {
  // The known answer of Random123 for an all-zero key and counter.
  const DrawBlock block({0, 0, 0}, Draw::crop);
  EXPECT_EQ(block.bits64(), 0xe169c58d'6627e8d5ULL);
  EXPECT_EQ(block.uniform(2), 0xbc57ac4c * 0x1p-32);
  EXPECT_EQ(block.uniform(3), 0x9b00dbd8 * 0x1p-32);
}

TEST(DrawBlock, DiffersWithEveryPartOfTheKey) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed : {0ULL, 1ULL, 1ULL << 40}) {
    for (std::uint32_t epoch : {0U, 1U, 1U << 31}) {
      for (std::uint64_t sample : {0ULL, 1ULL, 1ULL << 40}) {
        for (Draw purpose : {Draw::crop, Draw::noise, Draw::replacement}) {
          for (std::uint32_t attempt : {0U, 1U, 7U}) {
            seen.insert(
                DrawBlock({seed, epoch, sample}, purpose, attempt).bits64());
          }
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), 3U * 3 * 3 * 3 * 3);
}

TEST(DrawBlock, BelowIsUniform) {
  constexpr int kChoices = 10;
  constexpr int kDraws = 20000;
  std::vector<int> hits(kChoices);
  for (int i = 0; i < kDraws; ++i) {
    ++hits[DrawBlock({3, 1, static_cast<std::uint64_t>(i)}, Draw::crop)
               .below(2, kChoices)];
  }
  double chi_square = 0;
  for (int hit : hits) {
    const double expected = static_cast<double>(kDraws) / kChoices;
    chi_square += (hit - expected) * (hit - expected) / expected;
  }
  EXPECT_LT(chi_square, 27.9);  // 99.9 % for 9 degrees of freedom
}

}  // namespace
}  // namespace convoy
