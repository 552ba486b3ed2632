#include "trainer/report/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;

TEST(RoundNumbers, AreAboutAsManyAsWanted) {
  EXPECT_THAT(round_numbers(0, 460, 5), ElementsAre(0, 100, 200, 300, 400));
  EXPECT_THAT(round_numbers(3, 9.5, 6), ElementsAre(4, 6, 8));
  EXPECT_THAT(
      round_numbers(-0.12, 0.11, 5),
      Pointwise(DoubleNear(1e-12), {-0.1, -0.05, 0.0, 0.05, 0.1}));
}

}  // namespace
}  // namespace convoy
