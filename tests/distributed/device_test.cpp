#include "distributed/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "distributed/errors.h"
#include "distributed/world.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

GpuReport with_gpus(int count) {
  GpuReport report;
  for (int i = 0; i < count; ++i) {
    report.gpus.push_back({i, "Some GPU", "GPU-" + std::to_string(i), 1, 90});
  }
  return report;
}

TEST(Device, IsTheCpuWhenThereIsNoGpu) {
  EXPECT_TRUE(choose_device(DeviceChoice::automatic, {}, 3).is_cpu());
}

TEST(Device, IsLocalRankModuloVisibleGpus) {
  const auto report = with_gpus(2);
  EXPECT_EQ(choose_device(DeviceChoice::automatic, report, 1).index(), 1);
  // Slurm shows each rank one GPU: all are number 0.
  EXPECT_EQ(choose_device(DeviceChoice::automatic, with_gpus(1), 3).index(), 0);
}

TEST(Device, RefusesCudaWithoutGpu) {
  EXPECT_THAT(
      [] { choose_device(DeviceChoice::cuda, {}, 0); },
      ThrowsMessage<Disagreement>(HasSubstr("CUDA_VISIBLE_DEVICES")));
}

TEST(Device, DoesNotFallBackSilentlyFromAnUnusableGpu) {
  GpuReport report;
  report.problem = "the driver is too old";
  EXPECT_THAT(
      [&] { choose_device(DeviceChoice::automatic, report, 0); },
      ThrowsMessage<Disagreement>(HasSubstr("the driver is too old")));
  EXPECT_TRUE(choose_device(DeviceChoice::cpu, report, 0).is_cpu());
}

TEST(World, RefusesRanksWithAndWithoutGpu) {
  EXPECT_THAT(
      [] {
        refuse_mixed_devices({"a", "b", "c"}, {"GPU-1", "GPU-2", ""});
      },
      ThrowsMessage<Disagreement>(
          HasSubstr("rank 0 on a has a GPU and rank 2 on c has none")));
  EXPECT_NO_THROW(refuse_mixed_devices({"a", "b"}, {"GPU-1", "GPU-2"}));
  EXPECT_NO_THROW(refuse_mixed_devices({"a", "b"}, {"", ""}));
}

TEST(World, RefusesTwoRanksOnOneGpu) {
  EXPECT_THAT(
      [] {
        refuse_shared_gpus({"a", "b", "a"}, {"GPU-1", "GPU-1", "GPU-1"});
      },
      ThrowsMessage<Disagreement>(HasSubstr("ranks 0 and 2 on a")));
  EXPECT_THAT(
      [] {
        refuse_shared_gpus({"a", "a"}, {"GPU-1", "GPU-1"});
      },
      ThrowsMessage<Disagreement>(HasSubstr("distributed.backend=mpi")));
  EXPECT_NO_THROW(refuse_shared_gpus({"a", "b"}, {"GPU-1", "GPU-1"}));
  EXPECT_NO_THROW(refuse_shared_gpus({"a", "a"}, {"", ""}));
}

}  // namespace
}  // namespace convoy
