// Weights that others trained: the same network in both formats.

#include <gtest/gtest.h>

#include "nets/registry.h"
#include "nets/weights/weights.h"
#include "tests/nets/weights/torch_files.h"
#include "tests/support/real_data.h"

namespace convoy {
namespace {

TEST(RealWeights, OfSqueezeNetAreTheSameBitsInBothFormatsAndFitTheNetwork) {
  const auto folder = testing::real_weights();
  if (!folder) {
    GTEST_SKIP() << testing::kNoRealWeights;
  }
  const Weights pth = read_weights(*folder / "squeezenet1_0-imagenet.pth");
  const Weights other =
      read_weights(*folder / "squeezenet1_0-imagenet.safetensors");
  EXPECT_EQ(pth.format, "pth (zip)");
  EXPECT_EQ(other.format, "safetensors");
  EXPECT_EQ(
      testing::list_tensors(pth.tensors), testing::list_tensors(other.tensors));
  EXPECT_EQ(testing::all_bytes(pth.tensors), testing::all_bytes(other.tensors));
  const auto net = find_net("squeezenet1_0").build(NetOptions{});
  EXPECT_EQ(
      testing::list_tensors(pth.tensors), testing::list_tensors(net->state()));
}

}  // namespace
}  // namespace convoy
