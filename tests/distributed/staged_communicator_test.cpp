#include "distributed/staged_communicator.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

TEST(StagedCommunicator, ReducesIntoTheTensorWhenItIsWaitedFor) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    const auto staged = make_staged_communicator(testing::borrowed(ranks));
    const auto t = at::full({2, 3, 4, 5}, 1.0 + ranks.rank())
                       .contiguous(at::MemoryFormat::ChannelsLast);
    const auto half = t.narrow(0, 1, 1);
    const auto sum = staged->all_reduce(half);
    EXPECT_TRUE(at::equal(half, at::full({1, 3, 4, 5}, 1.0 + ranks.rank())))
        << "not before wait()";
    sum->wait();
    EXPECT_TRUE(at::equal(half, at::full({1, 3, 4, 5}, 6.0)));
    staged->all_reduce(t, ReduceOp::max)->wait();
    EXPECT_TRUE(at::equal(t[0], at::full({3, 4, 5}, 3.0)));
    EXPECT_TRUE(at::equal(t[1], at::full({3, 4, 5}, 6.0)));
    staged->all_reduce(half, ReduceOp::average)->wait();
    EXPECT_TRUE(at::equal(half, at::full({1, 3, 4, 5}, 6.0)));
  });
}

TEST(StagedCommunicator, Broadcasts) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    const auto staged = make_staged_communicator(testing::borrowed(ranks));
    const auto t = at::full({7}, ranks.rank(), at::kLong);
    staged->broadcast(t, 2);
    EXPECT_TRUE(at::equal(t, at::full({7}, 2, at::kLong)));
    EXPECT_EQ(staged->size(), 3);
  });
}

}  // namespace
}  // namespace convoy
