#include "trainer/evaluation/sample_result.h"

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace convoy {
namespace {

using ::testing::ElementsAre;

std::vector<float> logs_of(const std::vector<double>& probabilities) {
  std::vector<float> result;
  for (const double p : probabilities) {
    result.push_back(static_cast<float>(std::log(p)));
  }
  return result;
}

TEST(Judge, NamesTheFiveLikeliestClassesAndWhatTheyHave) {
  const SampleResult sample =
      judge(7, 4, logs_of({0.05, 0.4, 0.1, 0.02, 0.25, 0.15, 0.03}));
  EXPECT_EQ(sample.index, 7);
  EXPECT_EQ(sample.label, 4);
  EXPECT_THAT(sample.top, ElementsAre(1, 4, 5, 2, 0));
  EXPECT_EQ(sample.rank, 1);
  EXPECT_FALSE(sample.is_hit());
  EXPECT_TRUE(sample.is_hit5());
  EXPECT_NEAR(sample.probability, 0.4, 1e-7);
  EXPECT_NEAR(sample.label_probability, 0.25, 1e-7);
  EXPECT_NEAR(sample.loss, -std::log(0.25), 1e-7);
}

TEST(Judge, TakesTheLowerOfTwoClassesThatAreEqual) {
  const auto rows = logs_of({0.25, 0.25, 0.25, 0.25});
  EXPECT_THAT(judge(0, 2, rows).top, ElementsAre(0, 1, 2, 3, kNoClass));
  EXPECT_EQ(judge(0, 2, rows).rank, 2);
}

TEST(Judge, GivesNoSignToALossOfZero) {
  EXPECT_FALSE(std::signbit(judge(0, 0, std::vector<float>{0.0F}).loss));
}

TEST(Judge, RanksAsLabelRanksDoes) {
  std::mt19937 random(3);
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<float> row(8);
    for (float& value : row) {  // few values, so that some are equal
      value = -static_cast<float>(random() % 5);
      if (random() % 20 == 0) {
        value = std::nanf("");
      }
    }
    const auto label = static_cast<std::int64_t>(random() % row.size());
    const at::Tensor ranks =
        label_ranks(at::tensor(row).unsqueeze(0), at::tensor({label}));
    const SampleResult sample = judge(0, label, row);
    ASSERT_EQ(sample.rank, ranks.item<std::int64_t>()) << "trial " << trial;
    if (sample.is_hit()) {
      ASSERT_EQ(sample.predicted(), label);
    }
  }
}

TEST(SumsOf, CountsHitsAndAddsLosses) {
  const std::vector<SampleResult> samples{
      judge(0, 0, logs_of({0.5, 0.2, 0.1, 0.1, 0.05, 0.05})),
      judge(1, 5, logs_of({0.5, 0.2, 0.1, 0.1, 0.06, 0.04})),
      judge(2, 1, logs_of({0.5, 0.2, 0.1, 0.1, 0.05, 0.05}))};
  const Sums sums = sums_of(samples);
  EXPECT_EQ(sums.samples, 3);
  EXPECT_EQ(sums.top1, 1);
  EXPECT_EQ(sums.top5, 2);
  EXPECT_NEAR(sums.loss, -std::log(0.5 * 0.04 * 0.2), 1e-6);
}

}  // namespace
}  // namespace convoy
