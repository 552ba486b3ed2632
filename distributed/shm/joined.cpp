#include "distributed/shm/joined.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace convoy {
namespace {

[[noreturn]] void give_up_joining(const char* call) {
  throw std::runtime_error(fmt::format("{}: {}", call, std::strerror(errno)));
}

/// Addresses with nothing behind them.
std::byte* reserve(std::size_t bytes) {
  void* place = mmap(
      nullptr,
      bytes,
      PROT_NONE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
      -1,
      0);
  if (place == MAP_FAILED) {
    give_up_joining("mmap");
  }
  return static_cast<std::byte*>(place);
}

/// The shared memory at `from` at `to`, too.
void alias(std::byte* from, std::size_t bytes, std::byte* to) {
  // Of an old size of 0 the old mapping stays.
  if (mremap(from, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED) {
    give_up_joining("mremap");
  }
}

}  // namespace

JoinedSegments::JoinedSegments(
    std::shared_ptr<const Segments> segments,
    int ranks,
    std::span<const std::size_t> pieces)
    : segments_(std::move(segments)), place_(reserve(segments_->bytes())) {
  try {
    std::size_t at = 0;
    for (const std::size_t piece : pieces) {
      const std::size_t part = piece / static_cast<std::size_t>(ranks);
      for (int r = 0; r < ranks; ++r, at += part) {
        alias(segments_->of(r) + at, part, place_ + at);
      }
    }
  } catch (...) {
    munmap(place_, segments_->bytes());
    throw;
  }
}

JoinedSegments::~JoinedSegments() {
  munmap(place_, segments_->bytes());
}

}  // namespace convoy
