#pragma once
// Communicator for tensors in host memory: shared memory inside a host, another
// communicator between hosts.

#include <functional>
#include <memory>
#include <string>

#include "distributed/communicator.h"
#include "distributed/control.h"
#include "distributed/patience.h"

namespace convoy {

struct ShmOptions {
  std::shared_ptr<const Waiting> waiting = std::make_shared<Waiting>();
  bool crowded = false;  ///< a host has more ranks than processors
  /// Told, on every rank, why allocate() gave memory that is not shared.
  std::function<void(const std::string&)> warn = [](const std::string&) {};
};

/// Who belongs together. The control groups outlive the communicator.
struct ShmGroups {
  Control& world;  ///< all ranks
  Control& host;   ///< those on this host, in the order of their ranks
  /// All ranks; carries broadcasts and barriers.
  std::unique_ptr<Communicator> plain;
  /// Of each host the rank with this one's place there; null on one host, and
  /// on ranks whose place not every host has.
  std::unique_ptr<Communicator> peers;
  int places = 1;  ///< that every host has: ranks of the smallest
};

/// Ranks that have their tensor where all of them see it: in memory from
/// allocate() (zero-copy), or a piece at a time in a place of their own. Each
/// rank combines one slice of all copies, in the order of the ranks of the
/// host, and writes the result to every copy; between hosts the slices go
/// through `peers` first. On one host the bits of a sum therefore depend on the
/// ranks alone, not on buckets or timing.
///
/// Nothing moves unless test(), wait() or another call is made on some
/// collective of this communicator (between hosts a thread sees to it). Returns
/// null, on every rank, and sets `problem` where there is no shared memory.
/// Collective.
std::unique_ptr<Communicator> make_shm_communicator(
    ShmGroups groups, ShmOptions options, std::string& problem);

}  // namespace convoy
