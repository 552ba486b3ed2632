#include "trainer/checkpoint/run_lock.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>

#include "data/errors.h"
#include "distributed/mpi/session.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

std::string read_holder(int fd) {
  char text[256] = "";
  const ssize_t n = ::pread(fd, text, sizeof text - 1, 0);
  return n > 0 ? std::string(text, static_cast<std::size_t>(n)) : "another job";
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& run_dir) {
  std::error_code error;
  std::filesystem::create_directories(run_dir, error);
  const auto path = run_dir / ".lock";
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd_ < 0) {
    throw WriteFailure(fmt::format(
        "the run folder {} can't be written: {}. Choose another with --set "
        "run.dir=...",
        std::filesystem::absolute(run_dir).string(),
        std::strerror(errno)));
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    const int cause = errno;
    const std::string holder = read_holder(fd_);
    ::close(fd_);
    if (cause != EWOULDBLOCK) {
      throw WriteFailure(fmt::format(
          "the run folder {} can't be locked: {}. Choose one on a file system "
          "with locks, with --set run.dir=...",
          std::filesystem::absolute(run_dir).string(),
          std::strerror(cause)));
    }
    throw RunDirBusy(fmt::format(
        "the run folder {} is in use by {}. Wait for it, end it, or choose "
        "another folder with --set run.dir=...",
        std::filesystem::absolute(run_dir).string(),
        holder));
  }
  std::tm now{};
  const std::time_t seconds = std::time(nullptr);
  localtime_r(&seconds, &now);
  const std::string me = fmt::format(
      "process {} on {}, since {:%Y-%m-%d %H:%M:%S}",
      ::getpid(),
      host_name(),
      now);
  if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, me.data(), me.size(), 0) !=
                                      static_cast<ssize_t>(me.size())) {
    const int cause = errno;
    ::close(fd_);
    throw WriteFailure(
        fmt::format("can't write {}: {}", path.string(), std::strerror(cause)));
  }
}

RunLock::~RunLock() {
  ::close(fd_);
}

}  // namespace convoy
