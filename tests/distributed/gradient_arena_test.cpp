#include "distributed/gradient_arena.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "distributed/reducer.h"
#include "tests/support/shm_ranks.h"

namespace convoy {
namespace {

using testing::run_shm_ranks;

/// Parameters with gradients that differ by rank and step, and their reducer.
struct Training {
  at::Tensor w = at::arange(60, at::kFloat)
                     .reshape({1, 5, 3, 4})
                     .contiguous(at::MemoryFormat::ChannelsLast)
                     .requires_grad_();
  at::Tensor b = at::arange(5000, at::kFloat).requires_grad_();
  Reducer reducer;

  Training(Communicator& ranks, GradientSums sums)
      : reducer(
            {{"w", w}, {"b", b}},
            {},
            ranks,
            {.bucket_mb = 1e-3, .first_bucket_mb = 1e-5, .sums = sums}) {}

  void step(int number) {
    reducer.zero_grad();
    for (const bool last : {false, true}) {
      reducer.begin_backward(last);
      ((w.sin() * number).sum() + (b.cos() * 3).sum()).backward();
    }
    reducer.finish(at::zeros({1}, at::kDouble));
  }
};

TEST(GradientArena, SeesJoinedSumsWithTheBitsOfWholeOnes) {
  for (const int size : {2, 3, 4}) {
    run_shm_ranks(size, [](Communicator& ranks, Control&) {
      Training whole(ranks, GradientSums::whole);
      Training joined(ranks, GradientSums::joined);
      ASSERT_EQ(joined.reducer.gradients().sums(), GradientSums::joined);
      const at::Tensor held = joined.b.grad();
      for (int step = 0; step < 4; ++step) {
        whole.step(step + 1 + ranks.rank());
        joined.step(step + 1 + ranks.rank());
        EXPECT_TRUE(at::equal(joined.w.grad(), whole.w.grad())) << step;
        EXPECT_TRUE(at::equal(held, whole.b.grad())) << step;
        EXPECT_EQ(joined.w.grad().strides(), joined.w.strides());
      }
      EXPECT_FALSE(joined.reducer.order().empty());
      EXPECT_EQ(
          joined.reducer.gradients().norm().item<double>(),
          whole.reducer.gradients().norm().item<double>());
    });
  }
}

TEST(GradientArena, LeavesJoinedSumsAloneUntilEveryRankHasReadThem) {
  run_shm_ranks(2, [](Communicator& ranks, Control&) {
    Training training(ranks, GradientSums::joined);
    for (int step = 1; step <= 5; ++step) {
      training.step(1);
      if (ranks.rank() == step % 2) {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
      }
      const at::Tensor want =
          training.b.detach().sin().mul(-3 * 2 * ranks.size());
      EXPECT_TRUE(training.b.grad().allclose(want)) << step;
      training.reducer.gradients().release();
    }
  });
}

TEST(GradientArena, ScalesEverySumOnce) {
  for (const GradientSums sums : {GradientSums::whole, GradientSums::joined}) {
    run_shm_ranks(3, [&](Communicator& ranks, Control&) {
      Training training(ranks, sums);
      training.step(1);
      const at::Tensor before = training.b.grad().clone();
      ranks.barrier();
      training.reducer.gradients().scale(at::full({}, 0.25, at::kDouble));
      EXPECT_TRUE(at::equal(training.b.grad(), before.mul(0.25)));
    });
  }
}

TEST(GradientArena, HasWholeSumsWhereNothingCanBeJoined) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    Training training(ranks, GradientSums::joined);
    EXPECT_EQ(training.reducer.gradients().sums(), GradientSums::whole);
    training.step(1);
    training.step(1);
    EXPECT_TRUE(training.b.grad().allclose(
        training.b.detach().sin().mul(-3 * 2 * ranks.size())));
  });
}

}  // namespace
}  // namespace convoy
