#include "trainer/loop/class_weights.h"

#include <gtest/gtest.h>

namespace convoy {
namespace {

TEST(ClassWeights, MakeEachClassCountAlikeAndASampleOneOnAverage) {
  const std::map<int, std::uint64_t> counts{{0, 10}, {1, 30}, {3, 80}};
  const at::Tensor weights = balanced_class_weights(counts, 4);
  double sum = 0;
  for (const auto& [label, count] : counts) {
    const double weight = weights[label].item<double>();
    EXPECT_NEAR(weight * static_cast<double>(count), 40, 1e-4) << label;
    sum += weight * static_cast<double>(count);
  }
  EXPECT_NEAR(sum, 120, 1e-3);
  EXPECT_EQ(weights[2].item<double>(), 0) << "a class without samples";
}

}  // namespace
}  // namespace convoy
