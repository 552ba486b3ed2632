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
#include <string>

#include "data/errors.h"
#include "distributed/mpi/session.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;

/// How often the file may be taken away between being opened and being held, by
/// jobs that end without results.
constexpr int kMostTries = 100;

std::string full(const fs::path& path) {
  return fs::absolute(path).string();
}

/// Folders on the way to `dir` that are not there yet, the innermost first.
std::vector<fs::path> missing_folders(const fs::path& dir) {
  std::vector<fs::path> missing;
  std::error_code error;
  fs::path at = fs::absolute(dir).lexically_normal();
  for (; at.has_relative_path() && !fs::exists(at, error) && !error;
       at = at.parent_path()) {
    if (at.has_filename()) {
      missing.push_back(at);
    }
  }
  return missing;
}

/// The file, made if need be with its folder, and open; -1 when another job
/// took the folder away meanwhile.
int open_lock(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const int fd =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  const int cause = errno;
  if (fd < 0 && (error || cause != ENOENT)) {
    throw WriteFailure(fmt::format(
        "the run folder {} can't be written: {}. Choose another with --set "
        "run.dir=...",
        full(path.parent_path()),
        error ? error.message() : std::strerror(cause)));
  }
  return fd;
}

/// Whether `fd` is still what lies at `path`.
bool is_at(const fs::path& path, int fd) {
  struct stat held {};
  struct stat there {};
  return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &there) == 0 &&
         held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

std::string read_holder(int fd) {
  char text[256] = "";
  const ssize_t n = ::pread(fd, text, sizeof text - 1, 0);
  return n > 0 ? std::string(text, static_cast<std::size_t>(n)) : "another job";
}

/// Says why `fd` could not be locked, and closes it.
[[noreturn]] void refuse(int fd, int cause, const fs::path& run_dir) {
  const std::string holder = read_holder(fd);
  ::close(fd);
  if (cause != EWOULDBLOCK) {
    throw WriteFailure(fmt::format(
        "the run folder {} can't be locked: {}. Choose one on a file system "
        "with locks, with --set run.dir=...",
        full(run_dir),
        std::strerror(cause)));
  }
  throw RunDirBusy(fmt::format(
      "the run folder {} is in use by {}. Wait for it, end it, or choose "
      "another folder with --set run.dir=...",
      full(run_dir),
      holder));
}

/// Writes who holds it.
void note_holder(int fd, const fs::path& path) {
  std::tm now{};
  const std::time_t seconds = std::time(nullptr);
  localtime_r(&seconds, &now);
  const std::string me = fmt::format(
      "process {} on {}, since {:%Y-%m-%d %H:%M:%S}",
      ::getpid(),
      host_name(),
      now);
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, me.data(), me.size(), 0) !=
                                     static_cast<ssize_t>(me.size())) {
    const int cause = errno;
    ::close(fd);
    throw WriteFailure(
        fmt::format("can't write {}: {}", path.string(), std::strerror(cause)));
  }
}

bool holds_nothing_but(const fs::path& file) {
  std::error_code error;
  fs::directory_iterator at(file.parent_path(), error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    if (at->path().filename() != file.filename()) {
      return false;
    }
  }
  return !error;
}

}  // namespace

RunLock::RunLock(const fs::path& run_dir)
    : path_(run_dir / ".lock"), made_(missing_folders(run_dir)) {
  for (int tries = 0; fd_ < 0 && tries < kMostTries; ++tries) {
    const int fd = open_lock(path_);
    if (fd < 0) {
      continue;
    }
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      refuse(fd, errno, run_dir);
    }
    is_at(path_, fd) ? void(fd_ = fd) : void(::close(fd));
  }
  if (fd_ < 0) {
    throw WriteFailure(fmt::format(
        "{} does not stay where it is put. Choose a folder on another file "
        "system with --set run.dir=...",
        full(path_)));
  }
  note_holder(fd_, path_);
}

RunLock::~RunLock() {
  std::error_code ignored;
  if (!made_.empty() && holds_nothing_but(path_)) {
    fs::remove(path_, ignored);
  }
  ::close(fd_);
  for (const fs::path& folder : made_) {
    fs::remove(folder, ignored);  // nothing happens to one that is not empty
  }
}

}  // namespace convoy
