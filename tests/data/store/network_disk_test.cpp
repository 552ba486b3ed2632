#include "data/store/network_disk.h"

#include <gtest/gtest.h>
#include <linux/magic.h>

#include "tests/support/temp_dir.h"

namespace convoy {
namespace {

TEST(NetworkDisk, KnowsTheKernelsNumbers) {
  EXPECT_EQ(network_file_system_named(NFS_SUPER_MAGIC), "NFS");
  EXPECT_EQ(network_file_system_named(SMB_SUPER_MAGIC), "SMB");
  EXPECT_EQ(network_file_system_named(CIFS_SUPER_MAGIC), "SMB");
  EXPECT_EQ(network_file_system_named(SMB2_SUPER_MAGIC), "SMB");
  EXPECT_EQ(network_file_system_named(V9FS_MAGIC), "9p");
  EXPECT_EQ(network_file_system_named(AFS_SUPER_MAGIC), "AFS");
  EXPECT_EQ(network_file_system_named(CEPH_SUPER_MAGIC), "Ceph");
  EXPECT_EQ(network_file_system_named(EXT4_SUPER_MAGIC), "");
  EXPECT_EQ(network_file_system_named(TMPFS_MAGIC), "");
}

TEST(NetworkDisk, SaysNothingOfLocalAndAbsentFolders) {
  const testing::TempDir folder;
  EXPECT_EQ(network_file_system("/proc"), "");
  EXPECT_EQ(network_file_system(folder / "nowhere"), "");
}

}  // namespace
}  // namespace convoy
