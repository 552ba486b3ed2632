#pragma once
// A part of the memory of each rank, put together to one by the processor's
// page tables: what would otherwise have to be copied is seen where it is.

#include <cstddef>
#include <memory>
#include <span>

#include "distributed/shm/segments.h"

namespace convoy {

/// As large as one of the segments, of which `pieces` (bytes) are laid end to
/// end: of each piece the rank r's part, the r-th of equal ones, is where the
/// r-th segment has it. Both ways lead to the same memory.
class JoinedSegments {
 public:
  /// REQUIRES: `pieces` add up to the segments' size; each is divisible by
  /// pages times `ranks`. Throws std::runtime_error where the system has no
  /// more addresses or mappings for it.
  JoinedSegments(
      std::shared_ptr<const Segments> segments,
      int ranks,
      std::span<const std::size_t> pieces);
  ~JoinedSegments();
  JoinedSegments(const JoinedSegments&) = delete;
  JoinedSegments& operator=(const JoinedSegments&) = delete;

  std::byte* place() const { return place_; }

 private:
  std::shared_ptr<const Segments> segments_;
  std::byte* place_ = nullptr;
};

}  // namespace convoy
