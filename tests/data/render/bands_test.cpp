// The bands of the splits.

#include "data/render/bands.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/data/render/in_band.h"

namespace convoy {
namespace {

constexpr int kSteps = 64000;

double mean_of(Split split) {
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    sum += banded((i + 0.5) / kSteps, split);
  }
  return sum / kSteps;
}

TEST(Bands, KeepEachSplitInItsOwnPartOfEveryCell) {
  for (const Split split : {Split::train, Split::val, Split::test}) {
    for (int i = 0; i < kSteps; ++i) {
      const double value = banded(static_cast<double>(i) / kSteps, split);
      ASSERT_GE(value, 0);
      ASSERT_LE(value, 1);
      ASSERT_TRUE(in_band(value, split, 1e-9)) << value;
    }
  }
}

TEST(Bands, LeaveAGapBetweenSplits) {
  std::vector<std::vector<double>> values(3);
  for (int split = 0; split < 3; ++split) {
    for (int i = 0; i < 2000; ++i) {
      values[split].push_back(banded(i / 2000.0, static_cast<Split>(split)));
    }
  }
  for (int a = 0; a < 3; ++a) {
    for (int b = a + 1; b < 3; ++b) {
      for (const double x : values[a]) {
        for (const double y : values[b]) {
          ASSERT_GT(std::abs(x - y), 0.039 / kBandCells);
        }
      }
    }
  }
}

TEST(Bands, HaveTheSameMeanForEverySplit) {
  for (const Split split : {Split::train, Split::val, Split::test}) {
    EXPECT_NEAR(mean_of(split), 0.5, 1e-6);
  }
}

TEST(Bands, ReachEveryCell) {
  for (const Split split : {Split::train, Split::val, Split::test}) {
    std::vector<int> counts(kBandCells);
    for (int i = 0; i < kSteps; ++i) {
      const double value = banded(static_cast<double>(i) / kSteps, split);
      ++counts[static_cast<int>(value * kBandCells)];
    }
    for (const int count : counts) {
      EXPECT_EQ(count, kSteps / kBandCells);
    }
  }
}

}  // namespace
}  // namespace convoy
