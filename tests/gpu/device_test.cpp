// What is said of the GPUs and of their memory.

#include "distributed/device.h"

#include <ATen/ops/empty.h>
#include <gmock/gmock.h>

#include <set>

#include "tests/support/gpu.h"
#include "trainer/health/checks.h"
#include "trainer/health/device_memory.h"
#include "trainer/loop/precision.h"

namespace convoy {
namespace {

using ::testing::HasSubstr;

class GpuDevice : public testing::GpuTest {};

TEST_F(GpuDevice, ReportsEveryGpuUsable) {
  const GpuReport report = find_gpus();
  EXPECT_EQ(report.problem, "");
  EXPECT_GE(report.driver_version, 13000);
  std::set<std::string> uuids;
  for (const Gpu& gpu : report.gpus) {
    EXPECT_GE(gpu.capability, 75);
    EXPECT_GT(gpu.memory_bytes, 1 << 30);
    EXPECT_EQ(gpu.uuid.size(), 40u) << gpu.uuid;
    uuids.insert(gpu.uuid);
  }
  EXPECT_EQ(uuids.size(), report.gpus.size());
  EXPECT_EQ(choose_device(DeviceChoice::automatic, report, 0), device());
}

TEST_F(GpuDevice, DoctorListsIt) {
  const GpuReport report = find_gpus();
  bool listed = false;
  for (const Finding& finding : examine_gpus()) {
    EXPECT_NE(finding.level, Finding::Level::problem) << finding.seen;
    listed =
        listed || finding.seen.find(report.gpus[0].uuid) != std::string::npos;
  }
  EXPECT_TRUE(listed);
}

TEST_F(GpuDevice, KnowsThePeakOfItsMemory) {
  const auto gpu = at::TensorOptions(at::kByte).device(device());
  at::empty({1}, gpu);
  const double before = device_memory(device()).peak_bytes;
  constexpr std::int64_t kBytes = 256 << 20;
  at::empty({kBytes}, gpu);
  const DeviceMemory after = device_memory(device());
  EXPECT_GE(after.peak_bytes, kBytes);
  EXPECT_LE(after.peak_bytes, before + 2.0 * kBytes);
  EXPECT_GT(after.free_bytes, 0);
  EXPECT_LE(after.free_bytes, after.total_bytes);
  EXPECT_NEAR(
      after.total_bytes,
      static_cast<double>(find_gpus().gpus[0].memory_bytes),
      0.05 * after.total_bytes);
}

TEST_F(GpuDevice, ComputesBf16SinceAmpere) {
  EXPECT_EQ(has_fast_bf16(device()), find_gpus().gpus[0].capability >= 80);
}

}  // namespace
}  // namespace convoy
