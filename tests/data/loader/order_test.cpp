#include "data/loader/order.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <stdexcept>
#include <vector>

namespace convoy {
namespace {

std::vector<std::uint64_t> all_of(const EpochOrder& order) {
  std::vector<std::uint64_t> values;
  for (std::uint64_t i = 0; i < order.size(); ++i) {
    values.push_back(order.at(i));
  }
  return values;
}

TEST(EpochOrder, IsAPermutation) {
  for (std::uint64_t size :
       {1, 2, 3, 4, 5, 7, 8, 9, 100, 255, 256, 257, 1000, 4096, 65537}) {
    for (std::uint64_t seed : {0, 1, 77}) {
      const auto values = all_of({seed, 3, size});
      const std::set<std::uint64_t> distinct(values.begin(), values.end());
      EXPECT_EQ(distinct.size(), size);
      EXPECT_EQ(*distinct.rbegin(), size - 1);
    }
  }
}

TEST(EpochOrder, ReachesVeryLargeDatasets) {
  for (std::uint64_t size :
       {(1ULL << 32) + 1, (1ULL << 40) - 1, 1ULL << 40, 1ULL << 62}) {
    const EpochOrder order(5, 0, size);
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < 10'000; ++i) {
      const std::uint64_t value = order.at(i * (size / 10'000));
      EXPECT_LT(value, size);
      seen.insert(value);
    }
    EXPECT_EQ(seen.size(), 10'000U);
  }
}

TEST(EpochOrder, DiffersByEpochAndSeedAndRepeats) {
  const auto order = all_of({1, 0, 1000});
  EXPECT_EQ(order, all_of({1, 0, 1000}));
  for (const EpochOrder& other :
       {EpochOrder(1, 1, 1000), EpochOrder(2, 0, 1000)}) {
    // Of two random orders about one position in a thousand agrees.
    const auto values = all_of(other);
    int same = 0;
    for (std::size_t i = 0; i < 1000; ++i) {
      same += values[i] == order[i];
    }
    EXPECT_LT(same, 10);
  }
}

double chi_square(const std::map<std::uint64_t, int>& hits, int cells) {
  double draws = 0;
  for (const auto& [cell, count] : hits) {
    draws += count;
  }
  const double expected = draws / cells;
  double sum = expected * (cells - static_cast<int>(hits.size()));
  for (const auto& [cell, count] : hits) {
    sum += (count - expected) * (count - expected) / expected;
  }
  return sum;
}

TEST(EpochOrder, ChoosesAmongAllPermutationsAlike) {
  for (std::uint64_t size : {2, 3, 5}) {
    std::map<std::uint64_t, int> hits;
    for (std::uint64_t seed = 0; seed < 24'000; ++seed) {
      std::uint64_t code = 0;
      for (std::uint64_t value : all_of({seed, 1, size})) {
        code = code * size + value;
      }
      ++hits[code];
    }
    const int permutations = size == 2 ? 2 : size == 3 ? 6 : 120;
    // 99.9 % for 1, 5, 119 degrees of freedom.
    const double bound = size == 2 ? 10.8 : size == 3 ? 20.5 : 172.7;
    EXPECT_LT(chi_square(hits, permutations), bound) << size;
  }
}

TEST(EpochOrder, PutsEverySampleEverywhereAlike) {
  constexpr std::uint64_t kSize = 37;
  std::map<std::uint64_t, int> places;
  std::map<std::uint64_t, int> neighbours;
  for (std::uint32_t epoch = 0; epoch < 4000; ++epoch) {
    const auto order = all_of({9, epoch, kSize});
    for (std::uint64_t i = 0; i < kSize; ++i) {
      ++places[i * kSize + order[i]];
    }
    // The distance between one pair of neighbours.
    ++neighbours[(order[11] + kSize - order[10]) % kSize];
  }
  EXPECT_LT(chi_square(places, 37 * 37), 1460);  // 99.9 % for 36 x 36
  EXPECT_LT(chi_square(neighbours, 36), 66.6);   // 99.9 % for 35
}

TEST(EpochOrder, RefusesWhatItCannotOrder) {
  EXPECT_THROW(EpochOrder(1, 0, 0), std::logic_error);
  EXPECT_THROW(EpochOrder(1, 0, 10).at(10), std::out_of_range);
}

}  // namespace
}  // namespace convoy
