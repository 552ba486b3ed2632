#include "nets/layers/dropout.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include <cmath>

namespace convoy {
namespace {

Pass training_pass(std::int64_t step, const at::Tensor& samples) {
  return {
      .training = true, .keys = {.seed = 3, .step = step, .samples = samples}};
}

TEST(Dropout, DependsOnTheSampleAndNotOnItsPlaceInTheBatch) {
  const auto x = at::ones({6, 50});
  const auto ids = at::arange(6, at::kLong);
  const auto whole = dropout(x, 0.5, training_pass(7, ids), 0);
  const auto head =
      dropout(x.narrow(0, 0, 2), 0.5, training_pass(7, ids.narrow(0, 0, 2)), 0);
  const auto tail =
      dropout(x.narrow(0, 2, 4), 0.5, training_pass(7, ids.narrow(0, 2, 4)), 0);
  EXPECT_TRUE(whole.equal(at::cat({head, tail})));
}

TEST(Dropout, DiffersByStepSampleAndLayer) {
  const auto x = at::ones({2, 200});
  const auto ids = at::arange(2, at::kLong);
  const auto base = dropout(x, 0.5, training_pass(1, ids), 0);
  EXPECT_FALSE(base.equal(dropout(x, 0.5, training_pass(2, ids), 0)));
  EXPECT_FALSE(base.equal(dropout(x, 0.5, training_pass(1, ids), 1)));
  EXPECT_FALSE(base[0].equal(base[1]));
  EXPECT_TRUE(base.equal(dropout(x, 0.5, training_pass(1, ids), 0)));
}

TEST(Dropout, KeepsTheExpectedShareAndScalesIt) {
  const std::int64_t n = 200;
  const std::int64_t elements = 1001;
  for (const double p : {0.1, 0.5, 0.9}) {
    const auto y = dropout(
        at::ones({n, elements}),
        p,
        training_pass(1, at::arange(n, at::kLong)),
        0);
    const double kept = y.gt(0).to(at::kDouble).mean().item<double>();
    const double sigma =
        std::sqrt(p * (1 - p) / static_cast<double>(n * elements));
    EXPECT_NEAR(kept, 1 - p, 4 * sigma);
    EXPECT_NEAR(y.max().item<double>(), 1 / (1 - p), 1e-5);
  }
}

TEST(Dropout, PassesGradientsThroughWhatItKept) {
  auto x = at::ones({1, 100}).requires_grad_();
  const auto y = dropout(x, 0.5, training_pass(1, at::arange(1, at::kLong)), 0);
  y.sum().backward();
  EXPECT_TRUE(x.grad().equal(y.detach()));
}

TEST(Dropout, DoesNothingInEvaluation) {
  const auto x = at::ones({4, 10});
  EXPECT_TRUE(dropout(x, 0.5, Pass{}, 0).is_same(x));
}

TEST(Dropout, RefusesKeysThatDoNotFitTheBatch) {
  EXPECT_THROW(
      dropout(
          at::ones({4, 10}),
          0.5,
          training_pass(1, at::arange(3, at::kLong)),
          0),
      std::logic_error);
}

}  // namespace
}  // namespace convoy
