#include "distributed/affinity.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace convoy {
namespace {

TEST(Affinity, SharesEveryCpuOnceAndEvenly) {
  const std::vector<int> cpus{0, 1, 2, 3, 8, 9, 10};
  for (int ranks = 1; ranks <= 7; ++ranks) {
    std::multiset<int> given;
    std::size_t least = 100;
    std::size_t most = 0;
    for (int r = 0; r < ranks; ++r) {
      const auto share = cpu_share(cpus, r, ranks);
      given.insert(share.begin(), share.end());
      least = std::min(least, share.size());
      most = std::max(most, share.size());
    }
    EXPECT_EQ(given, std::multiset<int>(cpus.begin(), cpus.end()));
    EXPECT_LE(most - least, 1u);
  }
}

TEST(Affinity, GivesAllCpusToEachOfTooManyRanks) {
  EXPECT_EQ(cpu_share({4, 5}, 2, 3), (std::vector<int>{4, 5}));
}

TEST(Affinity, FindsTheHostsCpusFromInsideABinding) {
  std::thread([] {
    const auto all = available_cpus();
    ASSERT_TRUE(bind_to({all.front()}));
    EXPECT_EQ(bound_cpus(), std::vector<int>{all.front()});
    EXPECT_EQ(available_cpus(), all);
    EXPECT_EQ(bound_cpus(), std::vector<int>{all.front()});
  }).join();
}

TEST(Affinity, DescribesRanges) {
  EXPECT_EQ(describe_cpus({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
  EXPECT_EQ(describe_cpus({}), "");
}

}  // namespace
}  // namespace convoy
