// Exact evaluation on a real database, whatever the number of ranks.

#include "trainer/loop/evaluator.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "data/errors.h"
#include "data/loader/lmdb_dataset.h"
#include "tests/support/small_database.h"
#include "tests/support/temp_dir.h"
#include "tests/support/thread_world.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Model make_model() {
  return Model({.net = "resnet18", .options = {.classes = 5, .seed = 3}});
}

class Evaluated : public ::testing::Test {
 protected:
  /// 50 samples are seven blocks of 8, the last of 2.
  EvaluationInput input(const Dataset& dataset) const {
    return {
        dataset,
        evaluation_transform(
            {.resize_px = 32, .crop_px = 32},
            PixelStyle::torchvision,
            std::make_shared<Normalization>(
                normalization(NormalizeOptions{}, 3))),
        {3, 32, 32},
        /*block=*/8};
  }

  /// Of every rank.
  std::vector<Evaluation> on(int ranks, EvaluationInput wanted) const {
    std::vector<Evaluation> all(ranks);
    testing::run_worlds(ranks, [&](World& world) {
      const Model model = make_model();
      all[world.rank()] = evaluate(model, Precision::fp32, wanted, world);
    });
    return all;
  }

  const testing::TempDir folder_;
  const LmdbDataset dataset_{
      testing::write_small_database(folder_ / "val.lmdb", {.records = 50}), {}};
};

void expect_equal(const Sums& a, const Sums& b) {
  EXPECT_EQ(a.samples, b.samples);
  EXPECT_EQ(a.top1, b.top1);
  EXPECT_EQ(a.top5, b.top5);
  EXPECT_EQ(a.loss, b.loss) << "bit by bit";
}

TEST_F(Evaluated, IsEqualOnOneTwoAndThreeRanks) {
  const Sums one = on(1, input(dataset_))[0].sums;
  EXPECT_EQ(one.samples, 50);
  EXPECT_EQ(one.top5, 50) << "of five classes";
  EXPECT_GT(one.loss, 0);
  for (const int ranks : {2, 3}) {
    for (const Evaluation& e : on(ranks, input(dataset_))) {
      expect_equal(e.sums, one);
    }
  }
}

TEST_F(Evaluated, HasTheMacroAveragesOfItsSamplesOnEveryRank) {
  EvaluationInput wanted = input(dataset_);
  wanted.keep = Keep::samples;
  const Evaluation one = on(1, wanted)[0];
  const auto& samples = one.predictions.samples;
  const Shares macro =
      averages_of(class_figures(samples, ConfusionMatrix(samples, 5))).macro;
  EXPECT_GT(macro.f1, 0);
  for (const int ranks : {1, 2, 3}) {
    for (const Evaluation& e : on(ranks, wanted)) {
      EXPECT_EQ(e.macro.precision, macro.precision);
      EXPECT_EQ(e.macro.recall, macro.recall);
      EXPECT_EQ(e.macro.f1, macro.f1);
    }
  }
}

TEST_F(Evaluated, IsEqualOnAnyNumberOfThreads) {
  const Sums one = on(1, input(dataset_))[0].sums;
  EvaluationInput several = input(dataset_);
  several.threads = 3;
  several.workers = 2;
  expect_equal(on(1, several)[0].sums, one);
  expect_equal(on(2, several)[1].sums, one);
}

TEST_F(Evaluated, GivesTheSameBitsFromWhatIsKept) {
  const Sums whole = on(2, input(dataset_))[0].sums;
  testing::run_worlds(2, [&](World& world) {
    const Model model = make_model();
    EvaluationInput wanted = input(dataset_);
    wanted.threads = 2;
    KeptBlocks kept;
    for (int time = 0; time < 3; ++time) {
      expect_equal(
          evaluate(model, Precision::fp32, wanted, world, nullptr, &kept).sums,
          whole);
      EXPECT_EQ(kept.blocks.size(), world.rank() == 0 ? 4u : 3u);
    }
    // Pictures are not asked for again.
    for (DeviceBatch& block : kept.blocks) {
      block.images.zero_();
    }
    EXPECT_NE(
        evaluate(model, Precision::fp32, wanted, world, nullptr, &kept)
            .sums.loss,
        whole.loss);
  });
}

TEST_F(Evaluated, AddsUpWhatTheNetworkSaysOfEachSample) {
  const Sums sums = on(1, input(dataset_))[0].sums;
  const Model model = make_model();
  const EvaluationInput in = input(dataset_);
  const Transform transform = in.make_transform();
  const c10::NoGradGuard guard;
  at::set_num_threads(1);
  double loss = 0;
  double top1 = 0;
  for (std::uint64_t i = 0; i < dataset_.size(); ++i) {
    Sample sample;
    dataset_.read(i, sample);
    at::Tensor image = at::empty({1, 32, 32, 3});
    transform(sample, {i, 0}, image.mutable_data_ptr<float>());
    const at::Tensor logits =
        model.net().forward(image.permute({0, 3, 1, 2}), Pass{});
    const at::Tensor label = at::full({1}, sample.label, at::kLong);
    loss += sample_losses(logits, label, 0).item<double>();
    top1 += label_ranks(logits, label).item<std::int64_t>() == 0 ? 1 : 0;
  }
  // Logits depend on the size of a forward pass, in the last digits.
  EXPECT_NEAR(sums.loss, loss, 1e-3 * loss);
  EXPECT_NEAR(sums.top1, top1, 1);
}

void expect_equal(const Predictions& a, const Predictions& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a.samples[i].index, b.samples[i].index);
    EXPECT_EQ(a.samples[i].label, b.samples[i].label);
    EXPECT_EQ(a.samples[i].top, b.samples[i].top);
    EXPECT_EQ(a.samples[i].probability, b.samples[i].probability);
    EXPECT_EQ(a.samples[i].loss, b.samples[i].loss) << "bit by bit";
  }
  EXPECT_EQ(a.log_probabilities, b.log_probabilities) << "bit by bit";
}

TEST_F(Evaluated, KeepsSamplesOnRankZeroTheSameOnOneTwoAndThreeRanks) {
  EvaluationInput wanted = input(dataset_);
  wanted.keep = Keep::scores;
  const Evaluation one = on(1, wanted)[0];
  ASSERT_EQ(one.predictions.size(), 50U);
  EXPECT_EQ(one.predictions.log_probabilities.size(), 250U);
  EXPECT_EQ(one.predictions.samples[7].index, 7);
  EXPECT_EQ(one.predictions.samples[7].label, 2) << "7 of five classes";
  expect_equal(sums_of(one.predictions.samples), one.sums);
  for (const int ranks : {2, 3}) {
    const auto all = on(ranks, wanted);
    expect_equal(all[0].predictions, one.predictions);
    EXPECT_EQ(all[1].predictions.size(), 0U);
  }
}

TEST_F(Evaluated, KeepsNoMoreThanWasAskedFor) {
  EvaluationInput wanted = input(dataset_);
  EXPECT_EQ(on(1, wanted)[0].predictions.size(), 0U);
  wanted.keep = Keep::samples;
  EXPECT_EQ(on(1, wanted)[0].predictions.size(), 50U);
  EXPECT_TRUE(on(1, wanted)[0].predictions.log_probabilities.empty());
}

TEST_F(Evaluated, AveragesViewsTheSameOnAnyRanksAndThreads) {
  for (const Tta tta : {Tta::flip, Tta::ten_crop}) {
    EvaluationInput wanted = input(dataset_);
    wanted.shape = {3, 24, 24};
    wanted.make_transform = views_transform(
        tta,
        {.resize_px = 32, .crop_px = 24},
        PixelStyle::torchvision,
        std::make_shared<Normalization>(normalization(NormalizeOptions{}, 3)));
    wanted.views = views_of(tta);
    wanted.keep = Keep::scores;
    const Evaluation one = on(1, wanted)[0];
    EXPECT_EQ(one.sums.samples, 50);
    wanted.threads = 2;
    wanted.workers = 2;
    expect_equal(on(1, wanted)[0].predictions, one.predictions);
    expect_equal(on(3, wanted)[0].predictions, one.predictions);
    wanted.views = Views{};
    if (tta == Tta::flip) {
      EXPECT_NE(on(1, wanted)[0].sums.loss, one.sums.loss);
    }
  }
}

/// Some records are damaged.
class WithBad final : public Dataset {
 public:
  explicit WithBad(const Dataset& whole) : whole_(whole) {}
  std::uint64_t size() const override { return whole_.size(); }
  void read(std::uint64_t index, Sample& sample) const override {
    if (index == 3 || index == 11) {  // blocks 0 and 1
      throw BadData(fmt::format("record {} is damaged", index));
    }
    whole_.read(index, sample);
  }

 private:
  const Dataset& whole_;
};

TEST_F(Evaluated, LeavesBadSamplesOutAndTellsEveryRankOfAll) {
  const WithBad dataset(dataset_);
  EvaluationInput wanted = input(dataset);
  wanted.bad_samples = BadSamples::blank;
  const Sums one = on(1, wanted)[0].sums;
  EXPECT_EQ(one.samples, 48);
  wanted.keep = Keep::samples;
  for (const Evaluation& e : on(2, wanted)) {
    expect_equal(e.sums, one);
    EXPECT_THAT(
        e.bad,
        ElementsAre(
            HasSubstr("record 3 is damaged"),
            HasSubstr("record 11 is damaged")));
  }
  const Predictions kept = on(2, wanted)[0].predictions;
  ASSERT_EQ(kept.size(), 48U);
  EXPECT_EQ(kept.samples[3].index, 4);
}

TEST_F(Evaluated, StopsAtABadSampleUnlessToldToLeaveItOut) {
  const WithBad dataset(dataset_);
  EXPECT_THROW(on(1, input(dataset)), BadData);
}

TEST_F(Evaluated, CountsProgressUpToItsShare) {
  std::mutex mutex;
  std::int64_t most = 0;
  testing::run_worlds(2, [&](World& world) {
    const Model model = make_model();
    evaluate(
        model, Precision::fp32, input(dataset_), world, [&](std::int64_t n) {
          const std::lock_guard lock(mutex);
          most = std::max(most, n);
        });
  });
  EXPECT_EQ(most, 26) << "blocks 0, 2, 4 and 6 of rank 0: 8 + 8 + 8 + 2";
}

}  // namespace
}  // namespace convoy
