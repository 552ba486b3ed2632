#include "nets/layers/lrn.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace convoy {
namespace {

/// Caffe's formula for one channel of one pixel, in double precision.
double by_formula(
    const at::Tensor& pixel, std::int64_t c, const LrnOptions& o) {
  double squares = 0;
  const std::int64_t side = (o.size - 1) / 2;
  const std::int64_t first = std::max<std::int64_t>(c - side, 0);
  const std::int64_t last = std::min(c + side, pixel.size(0) - 1);
  for (std::int64_t i = first; i <= last; ++i) {
    squares += std::pow(pixel[i].item<double>(), 2);
  }
  return pixel[c].item<double>() /
         std::pow(o.k + o.alpha / o.size * squares, o.beta);
}

TEST(Lrn, EqualsCaffesFormulaByValue) {
  const auto generator = at::detail::createCPUGenerator(5);
  for (const LrnOptions& options :
       {LrnOptions{}, LrnOptions{3, 2.0, 0.5, 1.5}, LrnOptions{9, 1.0}}) {
    const auto x = at::randn({2, 7, 3, 2}, generator).mul(20);
    const auto y = local_response_norm(x, options);
    ASSERT_EQ(y.sizes(), x.sizes());
    for (std::int64_t n = 0; n < 2; ++n) {
      for (std::int64_t c = 0; c < 7; ++c) {
        const double wanted =
            by_formula(x[n].select(1, 2).select(1, 1), c, options);
        EXPECT_NEAR(
            y[n][c][2][1].item<double>(), wanted, 1e-6 * std::abs(wanted))
            << "sample " << n << ", channel " << c << ", size " << options.size;
      }
    }
  }
}

TEST(Lrn, DividesAlphaByTheWindowAndSeesZerosBeyondTheEdges) {
  const auto y = local_response_norm(
      at::ones({1, 5, 1, 1}), {.size = 5, .alpha = 5, .beta = 1});
  const double wanted[] = {1 / 4.0, 1 / 5.0, 1 / 6.0, 1 / 5.0, 1 / 4.0};
  for (int c = 0; c < 5; ++c) {
    EXPECT_NEAR(y[0][c].item<double>(), wanted[c], 1e-7) << "channel " << c;
  }
}

TEST(Lrn, HasTheGradientOfItsFormula) {
  const auto generator = at::detail::createCPUGenerator(6);
  const LrnOptions options{.size = 3, .alpha = 3};
  auto x = at::randn({1, 4, 1, 1}, generator).requires_grad_();
  const auto weights = at::randn({1, 4, 1, 1}, generator);
  local_response_norm(x, options).mul(weights).sum().backward();
  const auto value = [&](std::int64_t channel, double step) {
    const auto moved = x.detach().to(at::kDouble).clone();
    moved[0][channel].add_(step);
    double sum = 0;
    for (std::int64_t c = 0; c < 4; ++c) {
      sum += weights[0][c].item<double>() *
             by_formula(moved[0].flatten(), c, options);
    }
    return sum;
  };
  for (std::int64_t c = 0; c < 4; ++c) {
    const double slope = (value(c, 1e-4) - value(c, -1e-4)) / 2e-4;
    EXPECT_NEAR(x.grad()[0][c].item<double>(), slope, 1e-5) << "channel " << c;
  }
}

TEST(Lrn, DoesNotOverflowInHalfPrecision) {
  const auto x = at::full({1, 5, 1, 1}, 1000.0, at::kHalf);
  const auto y = local_response_norm(x);
  EXPECT_EQ(y.scalar_type(), at::kHalf);
  const double wanted = 1000 / std::pow(1 + 1e-4 / 5 * 5e6, 0.75);
  EXPECT_NEAR(y[0][2].item<double>(), wanted, 1e-3 * wanted);
}

TEST(Lrn, RefusesAWindowWithoutACentre) {
  EXPECT_THROW(
      local_response_norm(at::ones({1, 4, 1, 1}), {.size = 4}),
      std::invalid_argument);
}

}  // namespace
}  // namespace convoy
