#include "trainer/checkpoint/run_lock.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <iterator>
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

/// Whether `fd` is still what lies at `path`: a job that ends without results
/// takes the file away.
bool is_at(const std::filesystem::path& path, int fd) {
  struct stat held {};
  struct stat there {};
  return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &there) == 0 &&
         held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

/// The file, made if need be, and open.
int open_lock(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const int fd =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0) {
    throw WriteFailure(fmt::format(
        "the run folder {} can't be written: {}. Choose another with --set "
        "run.dir=...",
        std::filesystem::absolute(path.parent_path()).string(),
        error ? error.message() : std::strerror(errno)));
  }
  return fd;
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& run_dir)
    : path_(run_dir / ".lock"),
      made_(!std::filesystem::exists(run_dir)),
      fd_(open_lock(path_)) {
  while (::flock(fd_, LOCK_EX | LOCK_NB) == 0 && !is_at(path_, fd_)) {
    ::close(fd_);
    fd_ = open_lock(path_);
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
    throw WriteFailure(fmt::format(
        "can't write {}: {}", path_.string(), std::strerror(cause)));
  }
}

RunLock::~RunLock() {
  std::error_code ignored;
  const std::filesystem::directory_iterator inside(
      path_.parent_path(), ignored);
  if (made_ && !ignored && std::distance(begin(inside), end(inside)) == 1) {
    std::filesystem::remove(path_, ignored);
    std::filesystem::remove(path_.parent_path(), ignored);
  }
  ::close(fd_);
}

}  // namespace convoy
