#include "trainer/loop/scaling.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

ScalingRow row(int ranks, double images_per_second) {
  ScalingRow r;
  r.ranks = ranks;
  r.images_per_second = images_per_second;
  return r;
}

TEST(Scaling, ComparesWithOneRank) {
  std::vector<ScalingRow> rows{row(1, 100), row(2, 180), row(4, 300)};
  compare_rows(rows);
  EXPECT_DOUBLE_EQ(rows[0].speedup, 1);
  EXPECT_DOUBLE_EQ(rows[0].efficiency, 1);
  EXPECT_DOUBLE_EQ(rows[1].speedup, 1.8);
  EXPECT_DOUBLE_EQ(rows[1].efficiency, 0.9);
  EXPECT_DOUBLE_EQ(rows[2].speedup, 3);
  EXPECT_DOUBLE_EQ(rows[2].efficiency, 0.75);
}

TEST(Scaling, ComparesWithTheFewestRanksWhateverTheOrder) {
  std::vector<ScalingRow> rows{row(4, 300), row(2, 200)};
  compare_rows(rows);
  EXPECT_DOUBLE_EQ(rows[0].speedup, 3);
  EXPECT_DOUBLE_EQ(rows[0].efficiency, 0.75);
  EXPECT_DOUBLE_EQ(rows[1].speedup, 2);
  EXPECT_DOUBLE_EQ(rows[1].efficiency, 1);
}

TEST(Scaling, OfNothingIsNothing) {
  std::vector<ScalingRow> rows{row(1, 0), row(2, 0)};
  compare_rows(rows);
  EXPECT_EQ(rows[1].speedup, 0);
  EXPECT_EQ(rows[1].efficiency, 0);
}

}  // namespace
}  // namespace convoy
