#include "trainer/config/batch_sizes.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

TEST(BatchSizes, CompletesEitherOfGlobalAndPerRank) {
  const auto by_global = batch_sizes({.global = 64}, 4);
  EXPECT_EQ(by_global.global, 64);
  EXPECT_EQ(by_global.largest_share, 16);
  EXPECT_EQ(by_global.micro, 16);
  const auto by_rank = batch_sizes({.per_rank = 16}, 4);
  EXPECT_EQ(by_rank.global, 64);
  EXPECT_EQ(by_rank.smallest_share, 16);
}

TEST(BatchSizes, LetsSharesDifferByOne) {
  const auto sizes = batch_sizes({.global = 64}, 3);
  EXPECT_EQ(sizes.largest_share, 22);
  EXPECT_EQ(sizes.smallest_share, 21);
}

TEST(BatchSizes, KeepsTheProductOfLargeNumbers) {
  EXPECT_EQ(batch_sizes({.per_rank = 2000000000}, 4).global, 8000000000);
}

TEST(BatchSizes, BoundsMicroBatchesByTheShare) {
  EXPECT_EQ(batch_sizes({.global = 8, .micro = 100}, 2).micro, 4);
  EXPECT_EQ(micro_batches(7, 3), 3);
  EXPECT_EQ(micro_batches(6, 3), 2);
}

// Every rank cuts its share into as many parts as the largest one needs.
TEST(BatchSizes, FindsTheSmallestMicroBatchOfAnyRank) {
  // 5 samples in 3 and 2; 4 in 2 and 2.
  EXPECT_EQ(batch_sizes({.global = 9, .micro = 4}, 2).smallest_micro, 2);
  // 4 samples in 2 and 2; 3 in 2 and 1, though they would fit at once.
  EXPECT_EQ(batch_sizes({.global = 7, .micro = 3}, 2).smallest_micro, 1);
  // More ranks than samples: some have none.
  EXPECT_EQ(batch_sizes({.global = 2}, 3).smallest_micro, 0);
}

TEST(PeakRate, FollowsTheGlobalBatchAsAsked) {
  OptimizerOptions o{.lr = 0.1, .lr_batch = 256};
  EXPECT_DOUBLE_EQ(peak_lr(o, 1024), 0.1);
  o.lr_scaling = LrScaling::linear;
  EXPECT_DOUBLE_EQ(peak_lr(o, 1024), 0.4);
  o.lr_scaling = LrScaling::sqrt;
  EXPECT_DOUBLE_EQ(peak_lr(o, 1024), 0.2);
}

}  // namespace
}  // namespace convoy
