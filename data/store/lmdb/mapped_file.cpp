#include "data/store/lmdb/mapped_file.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "data/errors.h"
#include "data/store/descriptor.h"

namespace convoy {
namespace {

[[noreturn]] void refuse(const std::string& path, int error) {
  throw MissingInput(
      fmt::format("{} can't be read: {}", path, std::strerror(error)));
}

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  // Without waiting: a pipe of that name may have no writer.
  const Descriptor file(path, O_RDONLY | O_NONBLOCK);
  struct stat facts {};
  if (!file.is_open() || fstat(file.number(), &facts) != 0) {
    refuse(path, errno);
  }
  if (!S_ISREG(facts.st_mode)) {
    throw BadData(fmt::format("{} is not a regular file", path));
  }
  if (facts.st_size == 0) {
    throw BadData(fmt::format("{} is empty (0 bytes)", path));
  }
  const auto size = static_cast<std::size_t>(facts.st_size);
  void* start = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
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
