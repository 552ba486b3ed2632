#include "data/store/durable.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "data/errors.h"
#include "data/store/descriptor.h"

namespace convoy {
namespace {

// Bytes that an ordinary user may still write beside `path`; -1 when unknown.
long long free_bytes(const std::string& path) {
  struct statvfs facts {};
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (statvfs(folder.c_str(), &facts) != 0) {
    return -1;
  }
  return static_cast<long long>(facts.f_bavail) *
         static_cast<long long>(facts.f_frsize);
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

void throw_write_failure(
    int error, std::string_view what, const std::string& path) {
  const long long left = free_bytes(path);
  // LMDB turns a write that was cut short by a full disk into EIO.
  constexpr long long kNearlyNothing = 1 << 20;
  const bool full =
      error == ENOSPC || (error == EIO && left >= 0 && left < kNearlyNothing);
  if (full || error == EDQUOT) {
    throw WriteFailure(fmt::format(
        "{}: {} while trying to {}: {} KiB are free; make room, or write to "
        "another disk",
        path,
        full ? "disk full" : "quota used up",
        what,
        left / 1024));
  }
  const bool forbidden = error == EACCES || error == EPERM || error == EROFS;
  throw WriteFailure(fmt::format(
      "{}: could not {}: {}{}",
      path,
      what,
      std::strerror(error),
      forbidden ? "; mend the permissions, or write to another folder" : ""));
}

std::string read_whole_file(const std::string& path, std::size_t max_bytes) {
  // Without waiting: a pipe of that name may have no writer.
  const Descriptor file(path, O_RDONLY | O_NONBLOCK);
  struct stat facts {};
  if (!file.is_open() || fstat(file.number(), &facts) != 0) {
    throw MissingInput(
        fmt::format("{} can't be read: {}", path, std::strerror(errno)));
  }
  if (!S_ISREG(facts.st_mode)) {
    throw BadData(fmt::format("{} is not a regular file", path));
  }
  if (static_cast<std::uintmax_t>(facts.st_size) > max_bytes) {
    throw BadData(fmt::format(
        "{} has {} bytes, more than the {} allowed",
        path,
        static_cast<long long>(facts.st_size),
        max_bytes));
  }
  std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        read(file.number(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      throw MissingInput(
          fmt::format("{} can't be read: {}", path, std::strerror(errno)));
    }
    if (count == 0) {
      break;
    }
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

void write_durably(
    const std::string& path,
    std::span<const std::string_view> pieces,
    const std::string& destination) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
  if (!file.is_open()) {
    throw_write_failure(errno, "create the file", destination);
  }
  for (const std::string_view piece : pieces) {
    if (!write_all(file.number(), piece)) {
      throw_write_failure(errno, "write the file", destination);
    }
  }
  if (fsync(file.number()) != 0) {
    throw_write_failure(errno, "write the file", destination);
  }
}

void write_durably(const std::string& path, std::string_view bytes) {
  write_durably(path, std::span(&bytes, 1), path);
}

void sync_folder(const std::string& path) {
  const Descriptor folder(path, O_RDONLY | O_DIRECTORY);
  // Some file systems cannot; then there is nothing to wait for.
  if (!folder.is_open() || (fsync(folder.number()) != 0 && errno != EINVAL)) {
    throw_write_failure(errno, "write the folder", path);
  }
}

}  // namespace convoy
