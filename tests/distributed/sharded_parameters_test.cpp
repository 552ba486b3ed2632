#include "distributed/sharded_parameters.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

constexpr ReducerOptions kTinyBuckets{
    .bucket_mb = 1e-4, .first_bucket_mb = 1e-5, .sums = GradientSums::parts};

/// Two parameters, one of strides of its own, with gradients of rank + 1.
struct Trained {
  at::Tensor a = at::arange(7 * 3 * 2 * 2, at::kFloat)
                     .reshape({7, 3, 2, 2})
                     .contiguous(at::MemoryFormat::ChannelsLast)
                     .requires_grad_();
  at::Tensor b = at::full({50}, -2.0).requires_grad_();
  Reducer reducer;
  ShardedParameters shards;

  explicit Trained(Communicator& ranks)
      : reducer({{"a", a}, {"b", b}}, {}, ranks, kTinyBuckets),
        shards(reducer, ranks) {}

  void backward(Communicator& ranks) {
    reducer.zero_grad();
    reducer.begin_backward(true);
    ((a.sum() + b.sum() * 2) * (ranks.rank() + 1)).backward();
    reducer.finish(at::zeros({1}, at::kDouble));
  }
};

TEST(ShardedParameters, KeepTheirValuesStridesAndIdentity) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    const Trained t(ranks);
    EXPECT_TRUE(at::equal(
        t.a.detach(), at::arange(84, at::kFloat).reshape({7, 3, 2, 2})));
    EXPECT_TRUE(t.a.is_contiguous(at::MemoryFormat::ChannelsLast));
    EXPECT_EQ(t.a.strides(), t.a.grad().strides());
    EXPECT_TRUE(t.b.detach().eq(-2).all().item<bool>());
    EXPECT_TRUE(t.a.requires_grad());
  });
}

TEST(ShardedParameters, AreUpdatedByOneRankEachAndSeenByAll) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    Trained t(ranks);
    std::int64_t owned = 0;
    for (int step = 1; step <= 2; ++step) {
      t.backward(ranks);
      for (const OwnedShard& shard : t.shards.own()) {
        EXPECT_TRUE(shard.gradients.eq(shard.parameter == 0 ? 6 : 12)
                        .all()
                        .item<bool>());
        at::Tensor values = shard.values;
        values.sub_(shard.gradients);
        owned += shard.values.numel();
      }
      t.shards.gather();
      EXPECT_TRUE(at::equal(
          t.a.detach(),
          at::arange(84, at::kFloat).reshape({7, 3, 2, 2}).sub(6 * step)));
      EXPECT_TRUE(t.b.detach().eq(-2 - 12 * step).all().item<bool>());
    }
    at::Tensor all = at::full({1}, static_cast<double>(owned), at::kDouble);
    ranks.all_reduce(all)->wait();
    EXPECT_EQ(all.item<double>(), 2 * (84 + 50)) << "each element once a step";
    EXPECT_LE(owned, 2 * 64) << "a third, but for padding";
  });
}

TEST(ShardedParameters, KnowTheNormOfTheWholeGradient) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    Trained t(ranks);
    t.backward(ranks);
    EXPECT_NEAR(
        t.reducer.gradients().norm().item<double>(),
        std::sqrt(84 * 9.0 + 50 * 36.0),
        1e-5);
  });
}

TEST(ShardedParameters, GatherWhatRanksKeepForTheirShards) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    const Trained t(ranks);
    std::vector<at::Tensor> own;
    for (const OwnedShard& shard : t.shards.own()) {
      own.push_back(
          shard.parameter == 0 ? shard.values.mul(2)
                               : at::full({}, 5.0));  // a scalar counts for all
    }
    const auto whole = t.shards.gather(own);
    ASSERT_EQ(whole.size(), 2u);
    EXPECT_TRUE(at::equal(whole[0], t.a.detach().mul(2)));
    EXPECT_EQ(whole[0].strides(), t.a.strides());
    EXPECT_TRUE(at::equal(whole[1], at::full({50}, 5.0)));
    const auto again = t.shards.own_of(whole);
    ASSERT_EQ(again.size(), own.size());
    for (std::size_t s = 0; s < own.size(); ++s) {
      EXPECT_TRUE(at::equal(again[s], own[s].expand_as(again[s])));
    }
  });
}

TEST(ShardedParameters, OfNoParametersAreEmpty) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    Reducer reducer({}, {}, ranks, kTinyBuckets);
    ShardedParameters shards(reducer, ranks);
    shards.gather();
    EXPECT_TRUE(shards.own().empty());
    EXPECT_TRUE(shards.gather(std::vector<at::Tensor>{}).empty());
    EXPECT_TRUE(shards.own_of({}).empty());
  });
}

}  // namespace
}  // namespace convoy
