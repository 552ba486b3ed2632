#pragma once
// A place where writing fails soon.

#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <string>

namespace convoy::testing {

/// While it lives, `folder` takes no more than `kilobytes`: a memory disk is
/// mounted there. Who may not mount gets a limit on the size of files instead,
/// with another error of the system.
class SmallDisk {
 public:
  SmallDisk(const std::string& folder, int kilobytes) : folder_(folder) {
    const std::string size = "size=" + std::to_string(kilobytes) + "k";
    mounted_ =
        mount("convoy-test", folder.c_str(), "tmpfs", 0, size.c_str()) == 0;
    getrlimit(RLIMIT_FSIZE, &before_);
    if (!mounted_) {
      signal_ = std::signal(SIGXFSZ, SIG_IGN);
      rlimit limit = before_;
      limit.rlim_cur = static_cast<rlim_t>(kilobytes) * 1024;
      setrlimit(RLIMIT_FSIZE, &limit);
    }
  }
  ~SmallDisk() {
    if (mounted_) {
      umount2(folder_.c_str(), MNT_DETACH);
    } else {
      setrlimit(RLIMIT_FSIZE, &before_);
      std::signal(SIGXFSZ, signal_);
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  /// Words that the error must have.
  std::string words() const { return mounted_ ? "disk full" : "could not"; }

 private:
  std::string folder_;
  bool mounted_ = false;
  rlimit before_{};
  void (*signal_)(int) = SIG_DFL;
};

}  // namespace convoy::testing
