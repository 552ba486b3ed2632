#include "nets/weights/file_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "nets/weights/errors.h"
#include "nets/weights/limits.h"

namespace convoy {
namespace {

[[noreturn]] void throw_unreadable(
    const std::filesystem::path& path, const char* why) {
  throw WeightFileMissing(fmt::format(
      "can't read the weight file {}: {}",
      std::filesystem::absolute(path).string(),
      why));
}

/// Closes a descriptor and leaves errno alone.
class OpenWeightFile {
 public:
  // Without waiting for the writer of a pipe.
  explicit OpenWeightFile(const std::filesystem::path& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenWeightFile() {
    const int error = errno;
    if (number_ >= 0) {
      ::close(number_);
    }
    errno = error;
  }
  OpenWeightFile(const OpenWeightFile&) = delete;
  OpenWeightFile& operator=(const OpenWeightFile&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void throw_unfit(
    const std::filesystem::path& path, const std::string& why) {
  throw WeightError(fmt::format(
      "the weight file {} {}", std::filesystem::absolute(path).string(), why));
}

}  // namespace

FileBytes::FileBytes(const std::filesystem::path& path) {
  const OpenWeightFile file(path);
  struct stat facts {};
  if (file.number() < 0 || ::fstat(file.number(), &facts) != 0) {
    throw_unreadable(path, std::strerror(errno));
  }
  if (!S_ISREG(facts.st_mode)) {
    throw_unreadable(path, "it is no regular file");
  }
  size_ = static_cast<std::size_t>(facts.st_size);
  if (size_ > kMostWeightFileBytes) {
    throw_unfit(
        path,
        fmt::format(
            "has {} bytes; want at most {}: save the state dict alone",
            size_,
            kMostWeightFileBytes));
  }
  data_.reset(new (std::nothrow) char[size_]);
  if (data_ == nullptr) {
    throw_unfit(path, fmt::format("has {} bytes: no memory is left", size_));
  }
  for (std::size_t done = 0; done < size_;) {
    const ssize_t count = ::pread(
        file.number(),
        data_.get() + done,
        size_ - done,
        static_cast<off_t>(done));
    if (count == 0) {
      throw_unfit(
          path,
          fmt::format(
              "was cut short while it was read: it had {} bytes and has {}; "
              "want it whole and still",
              size_,
              done));
    }
    if (count < 0 && errno != EINTR) {
      throw_unreadable(path, std::strerror(errno));
    }
    done += count < 0 ? 0 : static_cast<std::size_t>(count);
  }
}

}  // namespace convoy
