#include "distributed/shm/segments.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "distributed/errors.h"

namespace convoy {
namespace {

std::atomic<std::int64_t> own_bytes{0};

[[noreturn]] void fail(const char* call, int code = errno) {
  throw std::runtime_error(fmt::format("{}: {}", call, std::strerror(code)));
}

/// An open file.
class File {
 public:
  explicit File(int number) : number_(number) {}
  ~File() {
    if (number_ >= 0) {
      close(number_);
    }
  }
  File(File&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  File& operator=(File&&) = delete;

  int number() const { return number_; }

  /// What no other file has. Process numbers and host names are not enough:
  /// containers may have the same.
  std::string identity() const {
    struct stat facts {};
    if (fstat(number_, &facts) != 0) {
      fail("fstat");
    }
    return fmt::format(
        "{}.{}.{}.{}",
        facts.st_dev,
        facts.st_ino,
        facts.st_ctim.tv_sec,
        facts.st_ctim.tv_nsec);
  }

 private:
  int number_;
};

/// A new file of `bytes`, all of them reserved.
File make_file(std::size_t bytes) {
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && bytes > limit.rlim_cur) {
    throw std::runtime_error(fmt::format(
        "files, those in memory too, may have {} bytes (ulimit -f), and {} are "
        "wanted",
        limit.rlim_cur,
        bytes));
  }
  File file(memfd_create("convoy", MFD_CLOEXEC));
  if (file.number() < 0) {
    fail("memfd_create");
  }
  const int code = posix_fallocate(file.number(), 0, static_cast<off_t>(bytes));
  if (code != 0) {
    fail(fmt::format("reserving {} bytes", bytes).c_str(), code);
  }
  return file;
}

/// The file of another process of this host, from what that told of it.
File open_file(const std::string& path, const std::string& identity) {
  File file(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (file.number() < 0) {
    fail(path.c_str());
  }
  if (file.identity() != identity) {
    throw std::runtime_error(fmt::format("{} is another process's here", path));
  }
  return file;
}

/// A file in memory.
class Mapping {
 public:
  Mapping(const File& file, std::size_t bytes) : bytes_(bytes) {
    void* place = mmap(
        nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.number(), 0);
    if (place == MAP_FAILED) {
      fail("mmap");
    }
    place_ = static_cast<std::byte*>(place);
    // Larger pages, where the system lets shared memory have them.
    madvise(place_, bytes_, MADV_HUGEPAGE);
  }
  ~Mapping() {
    if (place_ != nullptr) {
      munmap(place_, bytes_);
    }
  }
  Mapping(Mapping&& other) noexcept
      : place_(std::exchange(other.place_, nullptr)), bytes_(other.bytes_) {}
  Mapping& operator=(Mapping&&) = delete;

  std::byte* place() const { return place_; }

 private:
  std::byte* place_ = nullptr;
  std::size_t bytes_;
};

class MappedSegments final : public Segments {
 public:
  MappedSegments(std::vector<Mapping> mappings, std::size_t bytes)
      : mappings_(std::move(mappings)), bytes_(bytes) {
    own_bytes += static_cast<std::int64_t>(bytes_);
  }
  ~MappedSegments() override { own_bytes -= static_cast<std::int64_t>(bytes_); }
  MappedSegments(const MappedSegments&) = delete;
  MappedSegments& operator=(const MappedSegments&) = delete;

  std::byte* of(int local_rank) const override {
    return mappings_[static_cast<std::size_t>(local_rank)].place();
  }
  std::size_t bytes() const override { return bytes_; }

 private:
  std::vector<Mapping> mappings_;
  std::size_t bytes_;
};

/// Throws what went wrong, on whichever rank, with the rank: on every rank.
void agree(Control& world, const std::string& problem) {
  const auto problems = world.all_gather(problem);
  for (std::size_t r = 0; r < problems.size(); ++r) {
    if (!problems[r].empty()) {
      throw std::runtime_error(fmt::format("rank {}: {}", r, problems[r]));
    }
  }
}

/// Calls `part` and tells of what it throws. Collective.
template <class Part>
void agreed_part(Control& world, Part part) {
  std::string problem;
  try {
    part();
  } catch (const std::runtime_error& e) {
    problem = e.what();
  }
  agree(world, problem);
}

std::shared_ptr<const Segments> map_segments(
    Control& world, Control& host, std::size_t bytes) {
  std::vector<File> own;
  std::string path;
  std::string identity;
  agreed_part(world, [&] {
    own.push_back(make_file(bytes));
    path = fmt::format("/proc/{}/fd/{}", getpid(), own[0].number());
    identity = own[0].identity();
  });
  const auto paths = host.all_gather(path);
  const auto identities = host.all_gather(identity);
  std::vector<Mapping> mappings;
  // No rank closes its own before all have opened it.
  agreed_part(world, [&] {
    for (std::size_t r = 0; r < paths.size(); ++r) {
      mappings.emplace_back(open_file(paths[r], identities[r]), bytes);
    }
  });
  return std::make_shared<MappedSegments>(std::move(mappings), bytes);
}

}  // namespace

std::int64_t own_shared_memory() {
  return own_bytes;
}

AllottedSegments allot_segments(
    Control& world, Control& host, std::size_t bytes) {
  try {
    return {map_segments(world, host, bytes), ""};
  } catch (const PeerLost&) {
    throw;
  } catch (const std::runtime_error& e) {
    return {nullptr, e.what()};
  }
}

}  // namespace convoy
