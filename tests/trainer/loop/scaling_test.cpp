#include "trainer/loop/scaling.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

ScalingRow row(int ranks, double images_per_second) {
  ScalingRow r;
  r.ranks = ranks;
  r.images_per_second = images_per_second;
  r.load.global = 60 * ranks;
  r.parts = {0, 60 * ranks / images_per_second, 0, 0, 0, 0};
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

TEST(Scaling, ComparesInsideASeries) {
  std::vector<ScalingRow> rows{
      row(1, 100), row(2, 180), row(1, 50), row(2, 99)};
  rows[2].series.data = rows[3].series.data = ScalingData::synthetic;
  compare_rows(rows);
  EXPECT_DOUBLE_EQ(rows[1].efficiency, 0.9);
  EXPECT_DOUBLE_EQ(rows[3].efficiency, 0.99);
}

TEST(Scaling, SharesOutWhatIsLost) {
  std::vector<ScalingRow> rows{row(1, 100), row(2, 180)};
  rows[1].parts = {0.1, 60 * 2 / 180. - 0.1, 0, 0, 0, 0};
  compare_rows(rows);
  EXPECT_EQ(sum_of(rows[0].lost), 0);
  EXPECT_DOUBLE_EQ(rows[1].lost[0], 0.1 / (60 * 2 / 180.));
  EXPECT_NEAR(sum_of(rows[1].lost), 1 - rows[1].efficiency, 1e-12);
}

TEST(Scaling, SharesOutWhatIsLostOfASharedBatch) {
  std::vector<ScalingRow> rows{row(1, 100), row(4, 300)};
  rows[1].load.global = 60;
  rows[1].parts[1] = 60 / 300.;
  compare_rows(rows);
  EXPECT_DOUBLE_EQ(rows[1].efficiency, 0.75);
  EXPECT_NEAR(sum_of(rows[1].lost), 0.25, 1e-12);
}

TEST(Scaling, OfNothingIsNothing) {
  std::vector<ScalingRow> rows{row(1, 0), row(2, 0)};
  rows[0].parts = rows[1].parts = {};
  compare_rows(rows);
  EXPECT_EQ(rows[1].speedup, 0);
  EXPECT_EQ(rows[1].efficiency, 0);
}

}  // namespace
}  // namespace convoy
