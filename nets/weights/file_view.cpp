#include "nets/weights/file_view.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "nets/weights/errors.h"

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

}  // namespace

FileView::FileView(const std::filesystem::path& path) {
  const OpenWeightFile file(path);
  struct stat facts {};
  if (file.number() < 0 || ::fstat(file.number(), &facts) != 0) {
    throw_unreadable(path, std::strerror(errno));
  }
  if (!S_ISREG(facts.st_mode)) {
    throw_unreadable(path, "it is no regular file");
  }
  size_ = static_cast<std::size_t>(facts.st_size);
  if (size_ == 0) {
    return;
  }
  void* const data =
      ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (data == MAP_FAILED) {
    throw_unreadable(path, std::strerror(errno));
  }
  data_ = data;
}

FileView::~FileView() {
  if (data_ != nullptr) {
    ::munmap(data_, size_);
  }
}

}  // namespace convoy
