#include "data/augment/lighting.h"

#include <gtest/gtest.h>

#include <cmath>

#include "data/errors.h"
#include "tests/data/augment/plans.h"
#include "tests/support/pictures.h"

namespace convoy {
namespace {

using testing::augmented;
using testing::random_picture;
using testing::whole_picture;

TEST(Lighting, FollowsThePrincipalAxesByTheirSpread) {
  const auto first = lighting_shift({1, 0, 0});
  EXPECT_NEAR(first[0], 0.2175 * -0.5675, 1e-12);
  EXPECT_NEAR(first[1], 0.2175 * -0.5808, 1e-12);
  EXPECT_NEAR(first[2], 0.2175 * -0.5836, 1e-12);
  const auto sum = lighting_shift({0, 2, -1});
  EXPECT_NEAR(sum[0], 2 * 0.0188 * 0.7192 - 0.0045 * 0.4009, 1e-12);
  EXPECT_NEAR(sum[1], 2 * 0.0188 * -0.0045 + 0.0045 * 0.8140, 1e-12);
  EXPECT_NEAR(sum[2], 2 * 0.0188 * -0.6948 - 0.0045 * 0.4203, 1e-12);
}

TEST(Lighting, DependsOnTheKeyAlone) {
  const auto one = draw_lighting(0.1, {5, 2, 7});
  draw_lighting(0.1, {5, 2, 8});
  EXPECT_EQ(draw_lighting(0.1, {5, 2, 7}), one);
  EXPECT_NE(draw_lighting(0.1, {5, 2, 8}), one);
  EXPECT_NE(draw_lighting(0.1, {5, 3, 7}), one);
  EXPECT_NE(draw_lighting(0.1, {6, 2, 7}), one);
}

TEST(Lighting, HasTheCovarianceOfItsAxes) {
  constexpr int kDraws = 100'000;
  double mean[3] = {};
  double covariance[3][3] = {};
  for (std::uint64_t sample = 0; sample < kDraws; ++sample) {
    const auto shift = draw_lighting(0.1, {3, 0, sample});
    for (int i = 0; i < 3; ++i) {
      mean[i] += shift[i] / kDraws;
      for (int j = 0; j < 3; ++j) {
        covariance[i][j] += shift[i] * shift[j] / kDraws;
      }
    }
  }
  const std::array<double, 3> axes[3] = {
      lighting_shift({0.1, 0, 0}),
      lighting_shift({0, 0.1, 0}),
      lighting_shift({0, 0, 0.1})};
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(mean[i], 0, 4 * 0.0128 / std::sqrt(kDraws));
    for (int j = 0; j < 3; ++j) {
      double expected = 0;
      for (const auto& axis : axes) {
        expected += axis[i] * axis[j];
      }
      // Four standard errors of the largest.
      EXPECT_NEAR(
          covariance[i][j], expected, 4 * 1.6e-4 * std::sqrt(2.0 / kDraws));
    }
  }
}

TEST(Lighting, AddsItsShiftToEveryPixelUnclamped) {
  const Image picture = random_picture(20, 20, 3, 1);
  AugmentPlan plan = whole_picture(picture);
  plan.brightness = 1.5;  // clamps
  const Normalization normal = normalization({}, 3);
  const auto plain = augmented(plan, picture, normal);
  plan.lighting = {0.05, -0.02, 0.01};
  const auto lit = augmented(plan, picture, normal);
  const double std[3] = {0.229, 0.224, 0.225};
  for (std::size_t i = 0; i < lit.size(); ++i) {
    ASSERT_NEAR(lit[i] - plain[i], plan.lighting[i % 3] / std[i % 3], 1e-5);
  }
}

TEST(Lighting, KnowsBgrAndTheMeanPicture) {
  const Image picture = random_picture(20, 20, 3, 1);
  MeanImage mean{3, 20, 20, std::vector<float>(3 * 20 * 20, 100)};
  NormalizeOptions options;
  options.style = PixelStyle::caffe;
  AugmentPlan plan = whole_picture(picture);
  for (const Normalization& normal :
       {normalization(options, 3), normalization(options, 3, mean)}) {
    plan.lighting = {};
    const auto plain = augmented(plan, picture, normal);
    plan.lighting = {0.1, 0.2, -0.1};
    const auto lit = augmented(plan, picture, normal);
    for (std::size_t i = 0; i < lit.size(); ++i) {
      ASSERT_NEAR(lit[i] - plain[i], 255 * plan.lighting[2 - i % 3], 1e-4);
    }
  }
}

TEST(Lighting, RefusesGrayPictures) {
  const Image picture = random_picture(20, 20, 1, 1);
  AugmentPlan plan = whole_picture(picture);
  plan.lighting = {0.1, 0.1, 0.1};
  EXPECT_THROW(augmented(plan, picture, normalization({}, 1)), BadData);
}

}  // namespace
}  // namespace convoy
