#include "distributed/bucket_plan.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

TEST(BucketPlan, FollowsTheOrderAndCutsNoParameter) {
  const auto plan = plan_buckets({10, 20, 30}, {1, 2, 0}, 4, {1, 1});
  ASSERT_EQ(plan.buckets.size(), 3u);
  EXPECT_EQ(plan.buckets[0].parameters, std::vector<int>{1});
  EXPECT_EQ(plan.buckets[1].parameters, std::vector<int>{2});
  EXPECT_EQ(plan.buckets[2].parameters, std::vector<int>{0});
  EXPECT_EQ(reverse_order(3), (std::vector<int>{2, 1, 0}));
}

TEST(BucketPlan, HoldsTheFirstAndTheLastBucketToTheirOwnLimit) {
  const std::vector<std::int64_t> elements(100, 256);  // 1 KB each
  const auto plan =
      plan_buckets(elements, reverse_order(100), 4, {10 << 10, 2 << 10});
  EXPECT_EQ(plan.buckets.front().parameters.size(), 2u);
  EXPECT_EQ(plan.buckets[1].parameters.size(), 10u);
  EXPECT_EQ(plan.buckets.back().parameters, (std::vector<int>{1, 0}));
}

TEST(BucketPlan, HasOneBucketForLessThanTheFirstMayHold) {
  const auto plan = plan_buckets({10, 10}, {0, 1}, 4, {1 << 20, 1 << 10});
  ASSERT_EQ(plan.buckets.size(), 1u);
  EXPECT_EQ(plan.buckets[0].parameters, (std::vector<int>{0, 1}));
}

TEST(BucketPlan, CoversTheArenaWithoutOverlapAndAligned) {
  const std::vector<std::int64_t> elements{1, 7, 64, 1000, 3, 17};
  const auto plan = plan_buckets(elements, reverse_order(6), 4, {2048, 128});
  std::int64_t end = 0;
  std::size_t seen = 0;
  for (const Bucket& bucket : plan.buckets) {
    EXPECT_EQ(bucket.offset, end);
    for (int p : bucket.parameters) {
      EXPECT_GE(plan.offsets[p], end);
      EXPECT_EQ(plan.offsets[p] * 4 % 64, 0);
      end = plan.offsets[p] + elements[p];
      ++seen;
    }
    end = bucket.offset + bucket.length;
  }
  EXPECT_EQ(end, plan.length);
  EXPECT_EQ(seen, elements.size());
}

TEST(BucketPlan, MakesBucketsOfEqualAlignedParts) {
  const auto plan =
      plan_buckets({40, 3, 100}, {0, 1, 2}, 4, {.bytes = 1, .parts = 3});
  ASSERT_EQ(plan.buckets.size(), 3u);
  EXPECT_EQ(plan.buckets[0].length, 48);
  EXPECT_EQ(plan.buckets[1].length, 48);
  EXPECT_EQ(plan.buckets[2].length, 144);
  EXPECT_EQ(plan.offsets, (std::vector<std::int64_t>{0, 48, 96}));
  EXPECT_EQ(plan.length, 240);
}

TEST(BucketPlan, SharesOutWhatLiesInAPartOfEachBucket) {
  // One bucket of 96 elements: 40 and 3 and padding, in parts of 32.
  const std::vector<std::int64_t> elements{40, 3};
  const auto plan = plan_buckets(
      elements,
      {0, 1},
      4,
      {.bytes = 1 << 10, .ends_bytes = 1 << 10, .parts = 3});
  ASSERT_EQ(plan.length, 96);
  EXPECT_EQ(shards_of(plan, elements, 0, 3), (std::vector<Shard>{{0, 0, 32}}));
  EXPECT_EQ(
      shards_of(plan, elements, 1, 3),
      (std::vector<Shard>{{0, 32, 40}, {1, 48, 51}}));
  EXPECT_EQ(shards_of(plan, elements, 2, 3), (std::vector<Shard>{}));
}

TEST(BucketPlan, OfNoParametersIsEmpty) {
  const auto plan = plan_buckets({}, {}, 4, {100, 100});
  EXPECT_TRUE(plan.buckets.empty());
  EXPECT_EQ(plan.length, 0);
}

}  // namespace
}  // namespace convoy
