// Sine and cosine without libm.

#include "data/render/vec.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

TEST(SinCos, AgreesWithLibmToAFloat) {
  for (float degrees = -800; degrees < 800; degrees += 0.37f) {
    const double radians = degrees * 0.017453292519943295;
    const SinCos got = sin_cos(degrees);
    ASSERT_NEAR(got.sin, std::sin(radians), 1.2e-7) << degrees;
    ASSERT_NEAR(got.cos, std::cos(radians), 1.2e-7) << degrees;
  }
}

TEST(SinCos, IsExactAtRightAngles) {
  EXPECT_EQ(sin_cos(90).sin, 1);
  EXPECT_EQ(sin_cos(90).cos, 0);
  EXPECT_EQ(sin_cos(180).cos, -1);
  EXPECT_EQ(sin_cos(270).sin, -1);
  EXPECT_EQ(sin_cos(-90).sin, -1);
}

}  // namespace
}  // namespace convoy
