#include "trainer/checkpoint/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "data/errors.h"

namespace convoy {
namespace {

constexpr std::string_view kTemporary = ".writing-";

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  /// Closing can report an error that writing did not (NFS, quota).
  bool close() {
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd) == 0;
  }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
  const char* hint = error == ENOSPC || error == EDQUOT
                         ? "the disk is full: free some space"
                     : error == EACCES || error == EROFS
                         ? "the folder may not be written: choose another "
                           "run.dir, or mend its "
                           "permissions"
                         : "check the disk";
  throw WriteFailure(fmt::format(
      "can't write {}: {} ({})",
      std::filesystem::absolute(path).string(),
      std::strerror(error),
      hint));
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n < 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void sync_folder(const std::filesystem::path& folder) {
  const Descriptor fd(
      ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some network file systems can't sync folders, and say EINVAL.
  if (fd.get() < 0 || (::fsync(fd.get()) != 0 && errno != EINVAL)) {
    fail(folder, errno);
  }
}

}  // namespace

void write_atomically(
    const std::filesystem::path& path,
    std::span<const std::string_view> pieces) {
  const auto folder =
      path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const auto temporary =
      folder /
      fmt::format("{}{}-{}", kTemporary, ::getpid(), path.filename().string());
  const auto give_up = [&](int error) {
    ::unlink(temporary.c_str());
    fail(path, error);
  };
  Descriptor fd(::open(
      temporary.c_str(),
      O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
      0644));
  if (fd.get() < 0) {
    fail(path, errno);
  }
  for (const std::string_view piece : pieces) {
    if (!write_all(fd.get(), piece)) {
      give_up(errno);
    }
  }
  if (::fsync(fd.get()) != 0 || !fd.close() ||
      ::rename(temporary.c_str(), path.c_str()) != 0) {
    give_up(errno);
  }
  sync_folder(folder);
}

void write_atomically(
    const std::filesystem::path& path, std::string_view content) {
  write_atomically(path, std::span(&content, 1));
}

void remove_leftovers(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().filename().string().starts_with(kTemporary)) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

}  // namespace convoy
