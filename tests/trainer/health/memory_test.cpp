// How much memory there is, on systems made of files.

#include "trainer/health/memory.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/files.h"
#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

constexpr std::int64_t kGigabyte = std::int64_t{1} << 30;

class System : public ::testing::Test {
 protected:
  System() {
    put("proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n");
    put("proc/self/status", "VmSize:\t  1024 kB\n");
  }

  void put(const std::string& path, const std::string& text) {
    testing::write_text(root_ / path, text);
  }
  void put_group(const std::string& folder, std::int64_t most) {
    put("sys/fs/cgroup/" + folder + "/memory.max", std::to_string(most));
    put("sys/fs/cgroup/" + folder + "/memory.current",
        std::to_string(kGigabyte));
  }
  std::int64_t available() const { return available_memory(root_.path()); }

  const testing::TempDir root_;
};

TEST_F(System, WithoutGroupsHasWhatTheMachineHas) {
  EXPECT_EQ(available(), 8 * kGigabyte);
}

TEST_F(System, OfAContainerHasWhatTheContainerHas) {
  put("proc/self/cgroup", "0::/\n");
  put_group(".", 3 * kGigabyte);
  EXPECT_EQ(available(), 2 * kGigabyte);
}

TEST_F(System, OfASliceHasTheLeastOfTheGroupsAround) {
  put("proc/self/cgroup", "0::/jobs/mine/task\n");
  put_group("jobs", 5 * kGigabyte);
  EXPECT_EQ(available(), 4 * kGigabyte);
  put_group("jobs/mine", 2 * kGigabyte);
  put_group("jobs/mine/task", 4 * kGigabyte);
  put_group("jobs/yours", kGigabyte);  // not ours
  EXPECT_EQ(available(), 1 * kGigabyte);
}

TEST_F(System, CountsCachedPagesOfAGroupAsFree) {
  put("proc/self/cgroup", "0::/job\n");
  put_group("job", 2 * kGigabyte);
  put("sys/fs/cgroup/job/memory.stat",
      "anon 12\ninactive_file " + std::to_string(kGigabyte / 2) + "\n");
  EXPECT_EQ(available(), kGigabyte + kGigabyte / 2);
}

TEST_F(System, KnowsTheFirstVersionOfGroups) {
  put("proc/self/cgroup", "5:cpu:/\n7:hugetlb,memory:/job\n");
  put("sys/fs/cgroup/memory/job/memory.limit_in_bytes",
      std::to_string(4 * kGigabyte));
  put("sys/fs/cgroup/memory/job/memory.usage_in_bytes",
      std::to_string(kGigabyte));
  EXPECT_EQ(available(), 3 * kGigabyte);
}

TEST_F(System, TakesNoLimitForNone) {
  put("proc/self/cgroup", "0::/job\n");
  put("sys/fs/cgroup/job/memory.max", "max\n");
  put("sys/fs/cgroup/job/memory.current", "5\n");
  EXPECT_EQ(available(), 8 * kGigabyte);
}

TEST_F(System, BeyondItsLimitHasNothingAndNotLess) {
  put("proc/self/cgroup", "0::/job\n");
  put_group("job", kGigabyte / 2);
  EXPECT_EQ(available(), 0);
}

TEST_F(System, WithStrangeFilesStillAnswers) {
  put("proc/self/cgroup", "nonsense\n::\n0::\n");
  EXPECT_EQ(available(), 8 * kGigabyte);
  put("proc/meminfo", "");
  EXPECT_EQ(available(), 0);
}

TEST(ResidentMemory, GrowsWithWhatTheProcessTouches) {
  const std::int64_t before = resident_memory();
  const std::vector<char> touched(64 << 20, 'x');
  EXPECT_GE(resident_memory() - before, 60 << 20) << touched[5];
  EXPECT_GT(available_memory(), 0);
}

}  // namespace
}  // namespace convoy
