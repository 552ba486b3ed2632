#include "trainer/loop/sharded_optimizer.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

using ::testing::ThrowsMessage;

constexpr int kSteps = 3;

OptimizerOptions rule(OptimizerName name) {
  return {.name = name, .lr = 0.1, .momentum = 0.9, .weight_decay = 0.01};
}

/// Two parameters that differ in rate and decay; their gradient in step s is
/// cos(s + w) on one rank and 0 on the others.
struct Training {
  at::Tensor w = at::arange(6 * 3 * 2 * 2, at::kFloat)
                     .sin()
                     .reshape({6, 3, 2, 2})
                     .contiguous(at::MemoryFormat::ChannelsLast)
                     .requires_grad_();
  at::Tensor b = at::arange(5, at::kFloat).requires_grad_();
  Reducer reducer;
  std::optional<ShardedParameters> shards;
  std::unique_ptr<Optimizer> optimizer;

  Training(Communicator& ranks, const OptimizerOptions& options, bool sharded)
      : reducer(
            {{"w", w}, {"b", b}},
            {},
            ranks,
            {.bucket_mb = 1e-4,
             .first_bucket_mb = 1e-5,
             .sums = sharded ? GradientSums::parts : GradientSums::whole}) {
    const std::vector<TrainedParameter> rules{{"w", w}, {"b", b, 0.5, 0}};
    if (sharded) {
      shards.emplace(reducer, ranks);
      optimizer = make_sharded_optimizer(options, rules, *shards);
    } else {
      optimizer = make_optimizer(options, rules);
    }
  }

  void step(Communicator& ranks, int s, bool nonfinite = false) {
    reducer.zero_grad();
    reducer.begin_backward(true);
    (((w + s).sin().sum() + (b + s).sin().sum()) *
     (ranks.rank() == s % ranks.size() ? 1 : 0))
        .backward();
    reducer.finish(at::zeros({1}, at::kDouble));
    optimizer->step(0.1, at::zeros({}, at::kFloat).fill_(nonfinite ? 1 : 0));
    if (shards) {
      shards->gather();
    }
  }
};

void expect_same(const Training& a, const Training& b) {
  EXPECT_TRUE(at::equal(a.w, b.w));
  EXPECT_TRUE(at::equal(a.b, b.b));
  const auto one = a.optimizer->state();
  const auto other = b.optimizer->state();
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].name, other[i].name);
    EXPECT_TRUE(at::equal(one[i].tensor, other[i].tensor)) << one[i].name;
    EXPECT_EQ(one[i].tensor.strides(), other[i].tensor.strides())
        << one[i].name;
  }
}

class ShardedOptimizerOf : public ::testing::TestWithParam<OptimizerName> {};

TEST_P(ShardedOptimizerOf, HasTheBitsOfTheWholeOneOnAnyNumberOfRanks) {
  for (const int size : {2, 3, 5}) {
    testing::run_ranks(size, [](Communicator& ranks, Control&) {
      Training whole(ranks, rule(GetParam()), false);
      Training sharded(ranks, rule(GetParam()), true);
      for (int s = 0; s < kSteps; ++s) {
        whole.step(ranks, s);
        sharded.step(ranks, s);
      }
      expect_same(whole, sharded);
    });
  }
}

TEST_P(ShardedOptimizerOf, SkipsAnUpdateThatIsNotFinite) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    Training whole(ranks, rule(GetParam()), false);
    Training sharded(ranks, rule(GetParam()), true);
    whole.step(ranks, 0);
    sharded.step(ranks, 0);
    sharded.step(ranks, 1, /*nonfinite=*/true);
    expect_same(whole, sharded);
  });
}

TEST_P(ShardedOptimizerOf, GoesOnFromTheStateOfAWholeOneAndBack) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    Training whole(ranks, rule(GetParam()), false);
    whole.step(ranks, 0);
    Training sharded(ranks, rule(GetParam()), true);
    sharded.w.detach().copy_(whole.w);
    sharded.b.detach().copy_(whole.b);
    sharded.optimizer->load(whole.optimizer->state());
    whole.step(ranks, 1);
    sharded.step(ranks, 1);
    expect_same(whole, sharded);
    Training again(ranks, rule(GetParam()), false);
    again.optimizer->load(sharded.optimizer->state());
    again.w.detach().copy_(sharded.w);
    again.b.detach().copy_(sharded.b);
    expect_same(again, sharded);
  });
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    ShardedOptimizerOf,
    ::testing::Values(
        OptimizerName::sgd,
        OptimizerName::adam,
        OptimizerName::adamw,
        OptimizerName::rmsprop),
    [](const auto& each) {
      return std::string(
          names(each.param)[static_cast<std::size_t>(each.param)]);
    });

TEST(ShardedOptimizer, RefusesLars) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    EXPECT_THAT(
        [&] { Training(ranks, rule(OptimizerName::lars), true); },
        ThrowsMessage<std::logic_error>(
            "sharded optimizer: LARS needs whole tensors"));
  });
}

}  // namespace
}  // namespace convoy
