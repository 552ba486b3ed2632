#include "trainer/loop/metrics.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <limits>

namespace convoy {
namespace {

TEST(LabelRanks, CountsBetterClasses) {
  const auto logits =
      at::tensor({0.1f, 0.9f, 0.5f, 3.0f, 2.0f, 1.0f}).reshape({2, 3});
  const auto labels = at::tensor({2L, 2L});
  EXPECT_TRUE(label_ranks(logits, labels).equal(at::tensor({1L, 2L})));
}

TEST(LabelRanks, BreaksTiesByClassNumber) {
  const auto labels = at::tensor({0L, 1L, 2L});
  EXPECT_TRUE(
      label_ranks(at::zeros({3, 3}), labels).equal(at::tensor({0L, 1L, 2L})));
}

TEST(LabelRanks, NeverCountNanAsAHit) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto logits =
      at::tensor({nan, nan, nan, 5.0f, nan, 1.0f}).reshape({2, 3});
  const auto ranks = label_ranks(logits, at::tensor({0L, 0L}));
  EXPECT_GE(ranks[0].item<std::int64_t>(), 1);
  EXPECT_GE(ranks[1].item<std::int64_t>(), 1);
}

TEST(SampleLosses, SmoothLabelsAsTorch) {
  const auto logits = at::tensor({1.0f, 2.0f, 3.0f}).reshape({1, 3});
  const auto labels = at::tensor({0L});
  // -log softmax = 2.40760596, 1.40760596, 0.40760596.
  EXPECT_NEAR(
      sample_losses(logits, labels, 0).item<double>(), 2.40760596, 1e-6);
  EXPECT_NEAR(
      sample_losses(logits, labels, 0.3).item<double>(),
      0.7 * 2.40760596 + 0.3 * 1.40760596,
      1e-6);
}

}  // namespace
}  // namespace convoy
