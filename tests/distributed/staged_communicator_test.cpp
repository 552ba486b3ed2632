#include "distributed/staged_communicator.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

/// Hands on to a communicator that somebody else owns.
class Borrowed final : public Communicator {
 public:
  explicit Borrowed(Communicator& next) : next_(next) {}
  int rank() const override { return next_.rank(); }
  int size() const override { return next_.size(); }
  std::unique_ptr<Work> all_reduce(const at::Tensor& t, ReduceOp op) override {
    return next_.all_reduce(t, op);
  }
  void broadcast(const at::Tensor& t, int root) override {
    next_.broadcast(t, root);
  }
  void barrier() override { next_.barrier(); }

 private:
  Communicator& next_;
};

TEST(StagedCommunicator, ReducesIntoTheTensorWhenItIsWaitedFor) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    const auto staged =
        make_staged_communicator(std::make_unique<Borrowed>(ranks));
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
  });
}

TEST(StagedCommunicator, Broadcasts) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    const auto staged =
        make_staged_communicator(std::make_unique<Borrowed>(ranks));
    const auto t = at::full({7}, ranks.rank(), at::kLong);
    staged->broadcast(t, 2);
    EXPECT_TRUE(at::equal(t, at::full({7}, 2, at::kLong)));
    EXPECT_EQ(staged->size(), 3);
  });
}

}  // namespace
}  // namespace convoy
