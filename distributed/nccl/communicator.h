#pragma once
// Communicator for tensors in CUDA memory, over NCCL.

#include <c10/core/Device.h>

#include <memory>

#include "distributed/communicator.h"
#include "distributed/control.h"
#include "distributed/watchdog.h"

namespace convoy {

struct NcclOptions {
  double timeout_s = 300;
  /// A peer died or hangs in a collective that was enqueued: see Watchdog.
  LostHandler lost;  ///< REQUIRED
};

/// Collective over `group`, one GPU a rank. The communicator has its own
/// high-priority stream; a collective is ordered behind the current stream by
/// events, and nothing here but barrier() waits on the host. Throws PeerLost
/// when a rank does not arrive in time or the library that was loaded is older
/// than its header, Disagreement in a build without NCCL. `group` must outlive
/// the result.
std::unique_ptr<Communicator> make_nccl_communicator(
    Control& group, c10::Device device, const NcclOptions& options);

/// NCCL's version as ncclGetVersion gives it (22809 = 2.28.9); 0 in a build
/// without NCCL.
int nccl_version();

}  // namespace convoy
