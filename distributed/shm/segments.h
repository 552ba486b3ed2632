#pragma once
// Memory that the ranks of one host share.
//
// Anonymous files (memfd) that the other ranks open through /proc, rather than
// an MPI window: a container's small /dev/shm does not limit them; pages are
// reserved when they are made, so that too little memory is an error and not a
// SIGBUS in the middle of a step; there is no name, so that not even kill -9
// leaves anything behind; and letting go of one is no collective.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "distributed/control.h"

namespace convoy {

/// One piece of memory for each rank of a host, of equal size, zero at first,
/// seen by all of them. Given back when the last of their processes lets go.
class Segments {
 public:
  virtual ~Segments() = default;

  /// That of the rank `local_rank`, as this process sees it; on a page
  /// boundary.
  virtual std::byte* of(int local_rank) const = 0;
  virtual std::size_t bytes() const = 0;
};

/// Segments, or why there are none: the same on every rank of `world`.
struct AllottedSegments {
  std::shared_ptr<const Segments> segments;
  std::string problem;  ///< empty when there are segments
};

/// Collective over `world`, all ranks, and `host`, those of them on this host.
/// Either all ranks of the world get segments or none does. Each rank's own
/// memory is taken by that rank, so that it lies next to its processors.
AllottedSegments allot_segments(
    Control& world, Control& host, std::size_t bytes);

/// Bytes of memory that this process has brought into the Segments it holds.
/// What it sees of others' counts as resident with it, too, and is not its own.
std::int64_t own_shared_memory();

}  // namespace convoy
