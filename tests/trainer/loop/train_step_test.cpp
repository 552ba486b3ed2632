// A step on several ranks, with micro-batches, against the same step on one.

#include "trainer/loop/train_step.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "data/loader/batches.h"
#include "tests/support/thread_world.h"

namespace convoy {
namespace {

struct Job {
  int ranks = 1;
  std::int64_t global_batch = 6;
  int micro = 0;
  int steps = 2;
  FineTuneMode mode = FineTuneMode::full;
  std::string net = "resnet18";
  int px = 32;
  bool spoil = false;      ///< one pixel is not a number
  bool kill = false;       ///< the last layer's weights are 0
  int asked_to_stop = -1;  ///< this rank
  double share = -1;  ///< above 0: samples are mixed, with label 2 - theirs
  double label_smoothing = 0;
  std::vector<float> class_weights = {};
  double auxiliary_weight = -1;
  bool sharded = false;
};

/// What is left of a job on one rank.
struct Left {
  std::vector<NamedTensor> state;
  at::Tensor figures;  ///< of the last step
};

DeviceBatch pictures(const Job& job) {
  const std::int64_t n = job.global_batch;
  // Values without any generator.
  at::Tensor images = at::arange(n * 3 * job.px * job.px, at::kFloat)
                          .mul(0.37)
                          .sin()
                          .reshape({n, 3, job.px, job.px})
                          .contiguous(at::MemoryFormat::ChannelsLast);
  if (job.spoil) {
    images[n - 1][0][0][0].fill_(std::numeric_limits<float>::quiet_NaN());
  }
  DeviceBatch batch{images, at::arange(n).remainder(3), at::arange(n)};
  if (job.share > 0) {
    batch.second_labels = batch.labels.mul(-1).add(2);
    batch.shares = at::full({n}, job.share, at::kFloat);
  }
  return batch;
}

/// Statistics that are no round numbers, as a pretrained network has them.
void set_statistics(const Model& model) {
  for (const NamedTensor& entry : model.state()) {
    if (!entry.is_parameter && entry.tensor.is_floating_point()) {
      const at::Tensor waves =
          at::arange(entry.tensor.numel(), at::kFloat).mul(0.7).sin();
      entry.tensor.copy_(
          entry.name.ends_with("var") ? waves.mul(0.3).add(1.1)
                                      : waves.mul(0.1));
    }
  }
}

std::vector<Left> run(const Job& job) {
  Config config;
  config.batch.global = static_cast<int>(job.global_batch);
  config.batch.micro = job.micro;
  config.loss.label_smoothing = job.label_smoothing;
  config.loss.auxiliary_weight = job.auxiliary_weight;
  config.optimizer = {.lr = 0.01, .momentum = 0};
  config.distributed.sharded_optimizer =
      job.sharded ? Sharding::on : Sharding::off;
  const DeviceBatch all = pictures(job);
  std::vector<Left> left(job.ranks);
  testing::run_worlds(job.ranks, [&](World& world) {
    Model model(
        {.net = job.net,
         .options = {.classes = 3, .seed = 7},
         .fine_tune = {.mode = job.mode}});
    set_statistics(model);
    if (job.kill) {
      model.trained().front().tensor.detach().zero_();
    }
    TrainStep step(
        config,
        Precision::fp32,
        model,
        world,
        job.class_weights.empty() ? at::Tensor()
                                  : at::tensor(job.class_weights));
    const auto clock = make_phase_clock(c10::kCPU);
    const Share share = share_of(
        {0, static_cast<std::uint64_t>(job.global_batch)},
        static_cast<std::uint64_t>(job.ranks),
        static_cast<std::uint64_t>(world.rank()));
    const DeviceBatch mine = all.narrow(
        static_cast<std::int64_t>(share.begin),
        static_cast<std::int64_t>(share.size()));
    Left& mine_left = left[world.rank()];
    for (int s = 0; s < job.steps; ++s) {
      mine_left.figures = step.run(
          mine,
          {.step = s,
           .global_batch = job.global_batch,
           .lr = 0.01,
           .stop = world.rank() == job.asked_to_stop},
          *clock);
    }
    for (const NamedTensor& entry : step.state()) {
      mine_left.state.push_back(
          {entry.name, entry.tensor.detach().clone(), entry.is_parameter});
    }
  });
  return left;
}

void expect_near(const Left& a, const Left& b, double tolerance) {
  ASSERT_EQ(a.state.size(), b.state.size());
  for (std::size_t i = 0; i < a.state.size(); ++i) {
    if (a.state[i].is_parameter) {
      const double error =
          a.state[i].tensor.sub(b.state[i].tensor).abs().max().item<double>();
      EXPECT_LT(error, tolerance) << a.state[i].name;
    }
  }
  EXPECT_NEAR(a.figures[0].item<double>(), b.figures[0].item<double>(), 1e-4);
}

void expect_equal_replicas(const std::vector<Left>& ranks) {
  for (std::size_t r = 1; r < ranks.size(); ++r) {
    for (std::size_t i = 0; i < ranks[0].state.size(); ++i) {
      EXPECT_TRUE(at::equal(ranks[r].state[i].tensor, ranks[0].state[i].tensor))
          << "rank " << r << ", " << ranks[0].state[i].name;
    }
  }
}

double moved(const Left& left, const Left& from) {
  double most = 0;
  for (std::size_t i = 0; i < left.state.size(); ++i) {
    if (left.state[i].is_parameter) {
      most = std::max(
          most,
          left.state[i]
              .tensor.sub(from.state[i].tensor)
              .abs()
              .max()
              .item<double>());
    }
  }
  return most;
}

// Frozen batch norm does not depend on who shares a batch, so gradients may be
// compared.
TEST(TrainStep, AccumulatesToTheGradientOfTheWholeBatch) {
  const Job whole{.mode = FineTuneMode::head};
  Job parts = whole;
  parts.micro = 2;
  Job uneven = whole;
  uneven.micro = 4;
  const Left expected = run(whole)[0];
  expect_near(run(parts)[0], expected, 1e-6);
  expect_near(run(uneven)[0], expected, 1e-6);
  Job none = whole;
  none.steps = 0;
  // What was compared is no zero update.
  EXPECT_GT(moved(expected, run(none)[0]), 1e-4);
}

// One step's loss is linear in the shares, and so is its gradient: mixed with
// shares of 0.7, the step lies between those of either label.
TEST(TrainStep, WeighsTheLabelsOfMixedSamplesByTheirShares) {
  for (const auto& weights :
       std::vector<std::vector<float>>{{}, {0.5F, 2, 1}}) {
    Job own{
        .steps = 1,
        .mode = FineTuneMode::head,
        .label_smoothing = 0.1,
        .class_weights = weights};
    Job mixed = own;
    mixed.share = 0.7;
    Job others = own;
    others.share = 1e-30;
    Job none = own;
    none.steps = 0;
    const Left all_own = run(own)[0];
    const Left all_others = run(others)[0];
    const Left between = run(mixed)[0];
    const Left before = run(none)[0];
    const auto loss = [](const Left& left) {
      return left.figures[0].item<double>();
    };
    EXPECT_NEAR(
        loss(between), 0.7 * loss(all_own) + 0.3 * loss(all_others), 1e-5);
    EXPECT_GT(std::abs(loss(all_own) - loss(all_others)), 1e-3);
    for (std::size_t i = 0; i < before.state.size(); ++i) {
      if (before.state[i].is_parameter) {
        const at::Tensor expected = all_own.state[i].tensor.mul(0.7).add(
            all_others.state[i].tensor, 0.3);
        EXPECT_LT(
            between.state[i].tensor.sub(expected).abs().max().item<double>(),
            1e-7)
            << before.state[i].name;
      }
    }
    EXPECT_GT(moved(all_own, all_others), 1e-5);
  }
}

TEST(TrainStep, CountsSamplesByTheWeightsOfTheirClasses) {
  const auto loss = [](const std::vector<float>& weights, int ranks) {
    const Job job{
        .ranks = ranks,
        .steps = 1,
        .mode = FineTuneMode::head,
        .class_weights = weights};
    return run(job)[0].figures[0].item<double>();
  };
  const double first = loss({1, 0, 0}, 1);
  const double last = loss({0, 0, 1}, 1);
  EXPECT_NEAR(loss({0.5, 0, 3}, 1), 0.5 * first + 3 * last, 1e-5);
  EXPECT_NEAR(loss({0.5, 0, 3}, 2), 0.5 * first + 3 * last, 1e-5);
  EXPECT_NEAR(loss({1, 1, 1}, 1), loss({}, 1), 1e-6);
  EXPECT_GT(std::abs(first - last), 1e-3);
}

// One step of plain SGD is linear in it.
TEST(TrainStep, WeighsAuxiliaryHeadsAsTheConfigAsksOrTheNetworkDoes) {
  const auto head = [](double weight) {
    const Left left = run(
        {.global_batch = 2,
         .steps = 1,
         .net = "googlenet",
         .auxiliary_weight = weight})[0];
    return std::find_if(
               left.state.begin(),
               left.state.end(),
               [](const NamedTensor& entry) {
                 return entry.name == "net.aux1.fc2.weight";
               })
        ->tensor;
  };
  const at::Tensor at_rest = head(0);
  const at::Tensor moved = head(0.3).sub(at_rest);
  EXPECT_GT(moved.abs().max().item<double>(), 1e-5);
  EXPECT_TRUE(at::allclose(head(0.6).sub(at_rest), moved.mul(2), 1e-3, 1e-7));
  EXPECT_TRUE(at::equal(head(-1).sub(at_rest), moved));
}

TEST(TrainStep, CountsHitsOfTheLabelWithTheLargerShare) {
  const Job own{.steps = 1, .mode = FineTuneMode::head};
  Job mixed = own;
  mixed.share = 0.6;
  EXPECT_EQ(
      run(mixed)[0].figures[1].item<double>(),
      run(own)[0].figures[1].item<double>());
}

TEST(TrainStep, CutsMixedSamplesIntoMicroBatchesAndRanks) {
  const Job whole{.global_batch = 7, .mode = FineTuneMode::head, .share = 0.8};
  Job parts = whole;
  parts.ranks = 2;
  parts.micro = 2;
  expect_near(run(parts)[0], run(whole)[0], 1e-6);
}

TEST(TrainStep, OnUnevenRanksEqualsOneRank) {
  const Job one{.global_batch = 7, .mode = FineTuneMode::head};
  Job three = one;
  three.ranks = 3;
  const auto ranks = run(three);
  expect_near(ranks[0], run(one)[0], 1e-6);
  expect_equal_replicas(ranks);
}

TEST(TrainStep, TrainsAWholeNetworkAlikeOnUnevenRanksAndMicroBatches) {
  // AlexNet: no batch norm, and dropout keyed by sample.
  const Job one{.global_batch = 3, .steps = 1, .net = "alexnet", .px = 63};
  Job two = one;
  two.ranks = 2;
  two.micro = 1;  // rank 1 has one sample for two parts
  expect_near(run(two)[0], run(one)[0], 1e-6);
}

// Shares of 5 and 4 in micro-batches of at most 4: batch norm counts batches,
// and its count is part of a replica.
TEST(TrainStep, KeepsReplicasEqualWhenSharesNeedDifferentlyManyParts) {
  expect_equal_replicas(run({.ranks = 2, .global_batch = 9, .micro = 4}));
}

// Averaging would round them, a little at every step.
TEST(TrainStep, LeavesFrozenStatisticsBitByBit) {
  const Job job{
      .ranks = 3, .global_batch = 6, .steps = 3, .mode = FineTuneMode::head};
  Job none = job;
  none.steps = 0;
  const Left after = run(job)[0];
  const Left before = run(none)[0];
  for (std::size_t i = 0; i < after.state.size(); ++i) {
    if (!after.state[i].is_parameter &&
        after.state[i].name.starts_with("net.")) {
      EXPECT_TRUE(at::equal(after.state[i].tensor, before.state[i].tensor))
          << after.state[i].name;
    }
  }
}

TEST(TrainStep, AveragesTheStatisticsThatItTrains) {
  const auto ranks = run({.ranks = 2, .global_batch = 8, .steps = 1});
  const Left before = run({.steps = 0})[0];
  for (std::size_t i = 0; i < before.state.size(); ++i) {
    if (before.state[i].name == "net.bn1.running_mean") {
      EXPECT_FALSE(at::equal(ranks[0].state[i].tensor, before.state[i].tensor));
      EXPECT_TRUE(
          at::equal(ranks[0].state[i].tensor, ranks[1].state[i].tensor));
    }
  }
}

TEST(TrainStep, SkipsAStepThatIsNotFiniteOnEveryRank) {
  const auto ranks =
      run({.ranks = 2, .global_batch = 8, .steps = 1, .spoil = true});
  const Left before = run({.steps = 0})[0];
  for (const Left& left : ranks) {
    EXPECT_EQ(left.figures[6].item<double>(), 1);
    for (std::size_t i = 0; i < before.state.size(); ++i) {
      if (before.state[i].tensor.is_floating_point()) {
        EXPECT_TRUE(at::equal(left.state[i].tensor, before.state[i].tensor))
            << before.state[i].name;
      }
    }
  }
  // The rank with the bad picture alone has a bad loss of its own.
  EXPECT_TRUE(std::isfinite(ranks[0].figures[7].item<double>()));
  EXPECT_FALSE(std::isfinite(ranks[1].figures[7].item<double>()));
}

TEST(TrainStep, WithAShardedOptimizerTakesAndSkipsTheSameSteps) {
  for (const bool spoil : {false, true}) {
    const auto whole = run({.ranks = 3, .spoil = spoil});
    const auto sharded = run({.ranks = 3, .spoil = spoil, .sharded = true});
    for (int r = 0; r < 3; ++r) {
      EXPECT_EQ(moved(whole[r], sharded[r]), 0) << r;
      for (const std::int64_t norm_and_verdict : {5, 6}) {
        const double one = whole[r].figures[norm_and_verdict].item<double>();
        const double other =
            sharded[r].figures[norm_and_verdict].item<double>();
        EXPECT_TRUE(
            std::isnan(one) ? std::isnan(other)
                            : std::abs(one - other) <= 1e-6 * one);
      }
    }
  }
}

TEST(TrainStep, ReportsTheGlobalBatchToEveryRank) {
  const auto ranks = run(
      {.ranks = 3,
       .global_batch = 7,
       .mode = FineTuneMode::head,
       .asked_to_stop = 1});
  double own = 0;
  for (const Left& left : ranks) {
    EXPECT_EQ(left.figures[3].item<double>(), 7) << "samples";
    EXPECT_EQ(left.figures[2].item<double>(), 7) << "top 5 of three classes";
    EXPECT_EQ(left.figures[4].item<double>(), 1) << "ranks asked to stop";
    EXPECT_GT(left.figures[5].item<double>(), 0) << "gradient norm";
    EXPECT_EQ(left.figures[6].item<double>(), 0);
    own += left.figures[7].item<double>();
  }
  EXPECT_NEAR(own, ranks[0].figures[0].item<double>(), 1e-9);
}

// Each rank and all of its micro-batches compare with the rank's first sample.
TEST(TrainStep, CountsTheSamplesWhoseScoresDifferFromTheirRanksFirst) {
  Job job{
      .ranks = 2,
      .global_batch = 9,
      .micro = 2,
      .steps = 1,
      .mode = FineTuneMode::head};
  for (const Left& left : run(job)) {
    EXPECT_EQ(left.figures[8].item<double>(), 9 - 2);
  }
  job.kill = true;
  for (const Left& left : run(job)) {
    EXPECT_EQ(left.figures[8].item<double>(), 0);
  }
}

}  // namespace
}  // namespace convoy
