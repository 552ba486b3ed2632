#include "trainer/report/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/thread_world.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Settings, StandInTwoColumns) {
  EXPECT_EQ(
      format_settings({{"net", "resnet18"}, {"run folder", "runs/a"}}),
      "  net         resnet18\n"
      "  run folder  runs/a");
  EXPECT_EQ(format_settings({}), "");
}

TEST(DescribeRate, SaysTheRuleThatMadeIt) {
  OptimizerOptions o{.lr = 0.05, .lr_batch = 256};
  EXPECT_EQ(describe_rate(o, 512), "0.05 (as given, no scaling)");
  o.lr_scaling = LrScaling::linear;
  EXPECT_EQ(describe_rate(o, 512), "0.1 = 0.05 x (512 / 256), linear scaling");
  o.lr_scaling = LrScaling::sqrt;
  EXPECT_EQ(
      describe_rate(o, 1024), "0.1 = 0.05 x sqrt(1024 / 256), sqrt scaling");
}

TEST(DescribeRanks, CountsThemByHost) {
  testing::run_worlds(3, [](World& world) {
    EXPECT_THAT(
        describe_ranks(world),
        AllOf(
            StartsWith("3 on " + world.host() + " ("),
            HasSubstr(", gradients over ")));
  });
}

}  // namespace
}  // namespace convoy
