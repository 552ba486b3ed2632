#include "nets/weights/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "nets/weights/errors.h"

namespace convoy {
namespace {

/// Waits until the entries of a folder are on the disk; false with errno when
/// that failed.
bool sync_entries(const std::filesystem::path& folder) {
  const int number = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) {
    return false;
  }
  // Some file systems can't; then there is nothing to wait for.
  const bool done = ::fsync(number) == 0 || errno == EINVAL;
  const int error = errno;
  ::close(number);
  errno = error;
  return done;
}

}  // namespace

NewFile::NewFile(const std::filesystem::path& path)
    : path_(std::filesystem::absolute(path)) {
  temporary_ =
      path_.parent_path() /
      fmt::format(".writing-{}-{}", ::getpid(), path_.filename().string());
  ::unlink(temporary_.c_str());  // of a killed process with this number
  number_ = ::open(
      temporary_.c_str(),
      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
      0666);
  if (number_ < 0) {
    fail("create it");
  }
}

NewFile::~NewFile() {
  if (number_ >= 0) {
    ::close(number_);
    ::unlink(temporary_.c_str());
  }
}

void NewFile::append(std::string_view bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t count = ::write(number_, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) {
      fail("write it");
    }
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
}

void NewFile::finish() {
  if (::fsync(number_) != 0) {
    fail("write it");
  }
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail("rename it");
  }
  ::close(number_);
  number_ = -1;
  if (!sync_entries(path_.parent_path())) {
    fail("write its folder");
  }
}

void NewFile::fail(const char* step) const {
  throw WeightWriteError(fmt::format(
      "can't write the weight file {}: to {} failed: {}; make room there, mend "
      "the permissions, or write to another folder",
      path_.string(),
      step,
      std::strerror(errno)));
}

}  // namespace convoy
