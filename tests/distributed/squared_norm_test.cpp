#include "distributed/squared_norm.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <limits>

namespace convoy {
namespace {

TEST(SquaredNorm, KeepsItsDigitsOverManyElements) {
  constexpr std::int64_t kCount = 20'000'003;
  const at::Tensor tenths = at::full({kCount}, 0.1, at::kFloat);
  const double square = static_cast<double>(0.1F) * static_cast<double>(0.1F);
  EXPECT_NEAR(squared_norm(tenths).item<double>() / (square * kCount), 1, 1e-6);
}

TEST(SquaredNorm, CountsEveryElementOnce) {
  for (const std::int64_t count : {0, 1, 3, 1023, 1024, 1025, 5000}) {
    const double n = static_cast<double>(count);
    EXPECT_NEAR(
        squared_norm(at::arange(count, at::kDouble)).item<double>(),
        (n - 1) * n * (2 * n - 1) / 6,
        1e-6 * n * n);
  }
}

TEST(SquaredNorm, IsNotFiniteWhereAnElementIsNot) {
  const at::Tensor values = at::zeros({3000}, at::kFloat);
  values[2999].fill_(std::numeric_limits<float>::infinity());
  EXPECT_FALSE(squared_norm(values).isfinite().item<bool>());
}

}  // namespace
}  // namespace convoy
