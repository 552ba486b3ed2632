#include "distributed/reducer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "distributed/replicate.h"
#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

at::Tensor leaf(at::IntArrayRef shape, double value) {
  return at::full(shape, value).requires_grad_();
}

at::Tensor no_sums() {
  return at::zeros({1}, at::kDouble);
}

ReducerOptions tiny_buckets() {
  return {.bucket_mb = 1e-4, .first_bucket_mb = 1e-5};
}

TEST(Reducer, SumsGradientsOverRanks) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    const auto a = leaf({4, 3}, 1);
    const auto b = leaf({5}, 2);
    Reducer reducer({{"a", a}, {"b", b}}, {}, ranks, tiny_buckets());
    reducer.zero_grad();
    reducer.begin_backward(true);
    ((a.sum() + b.sum() * 2) * (ranks.rank() + 1)).backward();
    reducer.finish(no_sums());
    EXPECT_TRUE(at::equal(a.grad(), at::full({4, 3}, 6.0)));
    EXPECT_TRUE(at::equal(b.grad(), at::full({5}, 12.0)));
  });
}

TEST(Reducer, KeepsGradientsInItsArenaWithoutCopies) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    const auto w = at::ones({8, 4, 3, 3})
                       .contiguous(at::MemoryFormat::ChannelsLast)
                       .requires_grad_();
    Reducer reducer({{"w", w}}, {}, ranks, {});
    const void* place = w.grad().const_data_ptr();
    EXPECT_EQ(w.grad().strides(), w.strides());
    for (int step = 0; step < 3; ++step) {
      reducer.zero_grad();
      reducer.begin_backward(true);
      (w * w).sum().backward();
      reducer.finish(no_sums());
      EXPECT_EQ(w.grad().const_data_ptr(), place);
    }
    EXPECT_EQ(reducer.gradients().flat().const_data_ptr(), place);
    EXPECT_TRUE(at::equal(w.grad(), at::full({8, 4, 3, 3}, 4.0)));
  });
}

TEST(Reducer, CommunicatesOnceForSeveralMicroBatches) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    const auto a = leaf({3}, 1);
    Reducer reducer({{"a", a}}, {}, ranks, {});
    reducer.zero_grad();
    for (int micro = 0; micro < 3; ++micro) {
      reducer.begin_backward(micro == 2);
      (a.sum() * (micro + 1)).backward();
    }
    reducer.finish(no_sums());
    EXPECT_TRUE(at::equal(a.grad(), at::full({3}, 12.0)));
  });
}

/// Records the order in which buckets are launched.
class Recorder final : public Communicator {
 public:
  explicit Recorder(Communicator& next) : next_(next) {}
  int rank() const override { return next_.rank(); }
  int size() const override { return next_.size(); }
  std::unique_ptr<Work> all_reduce(const at::Tensor& t, ReduceOp op) override {
    launched.push_back(t.numel());
    return next_.all_reduce(t, op);
  }
  void broadcast(const at::Tensor& t, int root) override {
    next_.broadcast(t, root);
  }
  void barrier() override { next_.barrier(); }
  std::unique_ptr<Work> all_reduce_group(
      std::span<const Reduction> reductions) override {
    groups.push_back(reductions.size());
    return Communicator::all_reduce_group(reductions);
  }

  std::vector<std::int64_t> launched;
  std::vector<std::size_t> groups;

 private:
  Communicator& next_;
};

TEST(Reducer, LaunchesInPlanOrderDuringBackwardWhateverBecomesReadyFirst) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    Recorder recorder(ranks);
    const auto first = leaf({16}, 1);
    const auto second = leaf({32}, 1);
    const auto third = leaf({64}, 1);
    Reducer reducer(
        {{"first", first}, {"second", second}, {"third", third}},
        {},
        recorder,
        tiny_buckets());
    reducer.zero_grad();
    reducer.begin_backward(true);
    // Ranks use their parameters in different order.
    const auto loss = ranks.rank() == 0
                          ? (first.sum() * second.sum()) * third.sum()
                          : (third.sum() * second.sum()) * first.sum();
    loss.backward();
    EXPECT_EQ(recorder.launched, (std::vector<std::int64_t>{64, 32}))
        << "all but the last before finish()";
    reducer.finish(no_sums());
    EXPECT_EQ(recorder.launched, (std::vector<std::int64_t>{64, 32, 16, 1}));
  });
}

TEST(Reducer, LaunchesTheLastBucketBuffersAndSumsTogether) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    Recorder recorder(ranks);
    const auto a = leaf({16}, 1);
    const auto b = leaf({32}, 1);
    const auto mean = at::full({3}, static_cast<double>(ranks.rank()));
    Reducer reducer({{"a", a}, {"b", b}}, {mean}, recorder, tiny_buckets());
    reducer.zero_grad();
    reducer.begin_backward(true);
    (a.sum() * b.sum()).backward();
    reducer.finish(no_sums());
    EXPECT_EQ(recorder.groups, (std::vector<std::size_t>{3}));
    EXPECT_EQ(recorder.launched, (std::vector<std::int64_t>{32, 16, 3, 1}));
    EXPECT_TRUE(at::equal(mean, at::full({3}, 0.5)));
  });
}

/// Three parameters of which `first` arrives first, against the order in which
/// they are registered.
struct ThreeParameters {
  at::Tensor first = leaf({16}, 1);
  at::Tensor second = leaf({32}, 1);
  at::Tensor third = leaf({64}, 1);

  std::vector<NamedParameter> named() const {
    return {{"third", third}, {"second", second}, {"first", first}};
  }
  /// Backward reaches what was computed last first.
  void step(Reducer& reducer) const {
    reducer.zero_grad();
    reducer.begin_backward(true);
    const auto a = third.sum();
    const auto b = a * second.sum();
    (b * first.sum()).backward();
    reducer.finish(no_sums());
  }
};

const std::vector<std::string> kArrival{"first", "second", "third"};

TEST(Reducer, FollowsTheOrderOfArrivalFromTheSecondStepOn) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    Recorder recorder(ranks);
    const ThreeParameters p;
    Reducer reducer(
        {{"first", p.first}, {"third", p.third}, {"second", p.second}},
        {},
        recorder,
        tiny_buckets());
    const auto grad = p.third.grad();
    EXPECT_TRUE(reducer.order().empty());
    p.step(reducer);
    EXPECT_EQ(recorder.launched, (std::vector<std::int64_t>{32, 64, 16, 1}))
        << "the reverse of registration, then the sums";
    EXPECT_EQ(reducer.order(), kArrival);
    recorder.launched.clear();
    p.step(reducer);
    EXPECT_EQ(recorder.launched, (std::vector<std::int64_t>{16, 32, 64, 1}));
    EXPECT_TRUE(at::equal(grad, at::full({64}, 2.0 * 32 * 16)))
        << "the tensor that others hold has moved along";
    EXPECT_EQ(grad.const_data_ptr(), p.third.grad().const_data_ptr());
  });
}

TEST(Reducer, TakesTheOrderOfRankZero) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    const auto a = leaf({16}, 1);
    const auto b = leaf({32}, 1);
    Reducer reducer({{"a", a}, {"b", b}}, {}, ranks, tiny_buckets());
    reducer.zero_grad();
    reducer.begin_backward(true);
    if (ranks.rank() == 0) {
      a.sum().backward();
      b.sum().backward();
    } else {
      b.sum().backward();
      a.sum().backward();
    }
    reducer.finish(no_sums());
    EXPECT_EQ(reducer.order(), (std::vector<std::string>{"a", "b"}));
  });
}

TEST(Reducer, AdoptsAnOrderBeforeTheFirstStep) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    Recorder recorder(ranks);
    const ThreeParameters p;
    Reducer reducer(p.named(), {}, recorder, tiny_buckets());
    const std::vector<std::string> given{"second", "first", "third"};
    reducer.adopt_order({"second", "first"});
    EXPECT_TRUE(reducer.order().empty()) << "of other parameters";
    reducer.adopt_order(given);
    p.step(reducer);
    EXPECT_EQ(recorder.launched, (std::vector<std::int64_t>{32, 16, 64, 1}));
    EXPECT_EQ(reducer.order(), given) << "and keeps it";
  });
}

TEST(Reducer, NotesWhenBucketsWereReady) {
  testing::run_ranks(2, [](Communicator& ranks, Control&) {
    const ThreeParameters p;
    Reducer reducer(p.named(), {}, ranks, tiny_buckets());
    p.step(reducer);
    p.step(reducer);
    const StepProfile& profile = reducer.profile();
    ASSERT_EQ(profile.buckets.size(), 3u);
    EXPECT_EQ(profile.buckets[0].bytes, 16 * 4);
    EXPECT_EQ(profile.buckets[2].bytes, 64 * 4);
    EXPECT_GT(profile.buckets[0].ready_s, 0);
    EXPECT_LE(profile.buckets[0].ready_s, profile.buckets[2].ready_s);
    EXPECT_LE(profile.buckets[2].ready_s, profile.backward_end_s);
  });
}

TEST(Reducer, NamesParametersThatTookNoPart) {
  testing::run_ranks(1, [](Communicator& ranks, Control&) {
    const auto used = leaf({3}, 1);
    const auto unused = leaf({3}, 1);
    Reducer reducer({{"used", used}, {"head.bias", unused}}, {}, ranks, {});
    reducer.zero_grad();
    reducer.begin_backward(true);
    used.sum().backward();
    EXPECT_THAT(
        [&] { reducer.finish(no_sums()); },
        ThrowsMessage<std::logic_error>(
            AllOf(HasSubstr("head.bias"), Not(HasSubstr("used,")))));
  });
}

TEST(Reducer, AveragesBuffersSoThatReplicasStayEqual) {
  testing::run_ranks(4, [](Communicator& ranks, Control& control) {
    const auto a = leaf({2}, 1);
    auto mean = at::full({3}, static_cast<double>(ranks.rank()));
    auto var = at::full({2}, 1.0 + ranks.rank());
    Reducer reducer({{"a", a}}, {mean, var}, ranks, {});
    reducer.zero_grad();
    reducer.begin_backward(true);
    a.sum().backward();
    reducer.finish(no_sums());
    EXPECT_TRUE(at::equal(mean, at::full({3}, 1.5)));
    EXPECT_TRUE(at::equal(var, at::full({2}, 2.5)));
    EXPECT_NO_THROW(require_equal_replicas(
        hash_state({mean, var}), control, {"h", "h", "h", "h"}));
  });
}

TEST(Reducer, SumsTheStepsScalarsInDoublePrecision) {
  testing::run_ranks(3, [](Communicator& ranks, Control&) {
    const auto a = leaf({2}, 1);
    Reducer reducer({{"a", a}}, {}, ranks, {});
    reducer.zero_grad();
    reducer.begin_backward(true);
    a.sum().backward();
    const auto sums = at::full({2}, 0.1, at::kDouble);
    reducer.finish(sums);
    EXPECT_DOUBLE_EQ(sums[0].item<double>(), 0.1 + 0.1 + 0.1);
  });
}

TEST(Reducer, LetsGoOfItsHooks) {
  testing::run_ranks(1, [](Communicator& ranks, Control&) {
    const auto a = leaf({2}, 1);
    { Reducer reducer({{"a", a}}, {}, ranks, {}); }
    a.mutable_grad().reset();
    a.sum().backward();
    EXPECT_TRUE(at::equal(a.grad(), at::ones({2})));
  });
}

}  // namespace
}  // namespace convoy
