#include "trainer/loop/slow_ranks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Ranks that load for 10 ms and compute for so many; who is quick waits.
std::vector<PhaseSeconds> computing(const std::vector<double>& ms) {
  std::vector<PhaseSeconds> ranks;
  for (const double one : ms) {
    ranks.push_back({0.01, one / 1000, (200 - one) / 1000, 0.005});
  }
  return ranks;
}

TEST(SlowRanks, NamesOneThatIsSlowForSomeIntervalsAndOnce) {
  SlowRanks slow;
  const auto seen = computing({90, 90, 130, 90});
  for (int i = 1; i < SlowRanks::kIntervals; ++i) {
    EXPECT_FALSE(slow.observe(seen));
  }
  const auto named = slow.observe(seen);
  ASSERT_TRUE(named);
  EXPECT_EQ(named->rank, 2);
  EXPECT_DOUBLE_EQ(named->compute_s, 0.13);
  EXPECT_DOUBLE_EQ(named->others_s, 0.1);
  for (int i = 0; i < 2 * SlowRanks::kIntervals; ++i) {
    EXPECT_FALSE(slow.observe(seen));
  }
}

TEST(SlowRanks, SaysNothingOfRanksThatAreSlowInTurnOrALittle) {
  SlowRanks slow;
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(slow.observe(computing({90, 140})));
    EXPECT_FALSE(slow.observe(computing({140, 90})));
  }
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(slow.observe(computing({90, 105})));
    EXPECT_FALSE(slow.observe(computing({90})));
  }
}

TEST(SlowRankWarning, SaysWhoHowMuchAndWhereToLook) {
  EXPECT_THAT(
      slow_rank_warning({2, 0.01, 0.19, 0.1}, "node2"),
      AllOf(
          HasSubstr("rank 2 on node2"),
          HasSubstr("200 ms a step"),
          HasSubstr("the others 100"),
          HasSubstr("50 %"),
          HasSubstr("processor")));
  EXPECT_THAT(
      slow_rank_warning({2, 0.15, 0.09, 0.1}, "node2"), HasSubstr("disk"));
}

}  // namespace
}  // namespace convoy
