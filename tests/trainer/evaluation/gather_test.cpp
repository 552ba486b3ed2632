// The ranks' samples in one list, whoever had which.

#include "trainer/evaluation/gather.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/thread_ranks.h"

namespace convoy {
namespace {

constexpr std::int64_t kGatheredClasses =
    1000;  // so that 1,000 samples are some 4 MB
constexpr std::int64_t kGatheredSamples = 1000;

std::vector<float> scores_of(std::int64_t index) {
  std::mt19937 random(static_cast<unsigned>(index));
  std::vector<float> row;
  for (std::int64_t c = 0; c < kGatheredClasses; ++c) {
    row.push_back(-static_cast<float>(random() % 4096) / 256.0F);
  }
  return row;
}

/// Every seventh sample could not be read.
bool was_seen(std::int64_t index) {
  return index % 7 != 3;
}

Predictions of_rank(int rank, int ranks, Keep keep) {
  Predictions mine;
  mine.classes = kGatheredClasses;
  for (std::int64_t i = kGatheredSamples - 1; i >= 0;
       --i) {  // in another order
    if (i % ranks == rank && was_seen(i)) {
      const auto row = scores_of(i);
      mine.samples.push_back(judge(i, i % kGatheredClasses, row));
      if (keep == Keep::scores) {
        mine.log_probabilities.insert(
            mine.log_probabilities.end(), row.begin(), row.end());
      }
    }
  }
  return mine;
}

/// What rank 0 gets; the others get nothing.
Predictions gathered(int ranks, Keep keep) {
  std::vector<std::int64_t> seen;
  for (std::int64_t i = 0; i < kGatheredSamples; ++i) {
    seen.push_back(was_seen(i) ? 1 : 0);
  }
  Predictions first;
  testing::run_ranks(ranks, [&](Communicator&, Control& control) {
    const Predictions all = gather_predictions(
        control, of_rank(control.rank(), ranks, keep), keep, seen);
    if (control.rank() == 0) {
      first = all;
    } else {
      EXPECT_EQ(all.size(), 0U);
      EXPECT_TRUE(all.log_probabilities.empty());
    }
  });
  return first;
}

TEST(GatherPredictions, GivesRankZeroEverySampleByIndex) {
  for (const int ranks : {1, 2, 3}) {
    const Predictions all = gathered(ranks, Keep::scores);
    ASSERT_EQ(all.size(), 857U) << "143 were not seen";
    std::size_t at = 0;
    for (std::int64_t i = 0; i < kGatheredSamples; ++i) {
      if (was_seen(i)) {
        ASSERT_EQ(all.samples[at].index, i);
        ASSERT_EQ(all.samples[at].label, i % kGatheredClasses);
        const auto row = all.row(at++);
        ASSERT_EQ(std::vector<float>(row.begin(), row.end()), scores_of(i));
      }
    }
  }
}

TEST(GatherPredictions, LeavesScoresOutWhereSamplesAreEnough) {
  const Predictions all = gathered(3, Keep::samples);
  ASSERT_EQ(all.size(), 857U);
  EXPECT_TRUE(all.log_probabilities.empty());
  EXPECT_EQ(all.samples[3].index, 4);
  EXPECT_EQ(all.samples[3].top, judge(4, 4, scores_of(4)).top);
}

}  // namespace
}  // namespace convoy
