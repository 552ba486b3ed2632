#include "data/store/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "data/errors.h"

namespace convoy {
namespace {

struct Descriptor {
  int number;
  explicit Descriptor(const std::string& path)
      : number(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (number >= 0) {
      close(number);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

[[noreturn]] void refuse(const std::string& path, int error) {
  throw MissingInput(
      fmt::format("{} can't be read: {}", path, std::strerror(error)));
}

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  const Descriptor file(path);
  struct stat facts {};
  if (file.number < 0 || fstat(file.number, &facts) != 0) {
    refuse(path, errno);
  }
  if (!S_ISREG(facts.st_mode)) {
    throw BadData(fmt::format("{} is not a regular file", path));
  }
  if (facts.st_size == 0) {
    throw BadData(fmt::format("{} is empty (0 bytes)", path));
  }
  const auto size = static_cast<std::size_t>(facts.st_size);
  void* start = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number, 0);
  if (start == MAP_FAILED) {
    refuse(path, errno);
  }
  bytes_ = {static_cast<const std::uint8_t*>(start), size};
  // Advice only: what it returns changes nothing.
  static_cast<void>(madvise(start, size, MADV_RANDOM));
}

MappedFile::~MappedFile() {
  munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
}

}  // namespace convoy
