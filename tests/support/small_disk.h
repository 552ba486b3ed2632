#pragma once
// A file system that fills up soon.

#include <sys/mount.h>

#include <string>

namespace convoy::testing {

/// A memory disk of `kilobytes` mounted on `folder`, for as long as it lives;
/// needs the right to mount.
class SmallDisk {
 public:
  SmallDisk(const std::string& folder, int kilobytes) : folder_(folder) {
    const std::string size = "size=" + std::to_string(kilobytes) + "k";
    mounted_ =
        mount("convoy-test", folder.c_str(), "tmpfs", 0, size.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) {
      umount2(folder_.c_str(), MNT_DETACH);
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }

 private:
  std::string folder_;
  bool mounted_ = false;
};

}  // namespace convoy::testing
