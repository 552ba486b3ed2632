#pragma once
// Communicator for tensors in CUDA memory, over NCCL.

#include <c10/core/Device.h>

#include <memory>
#include <string>

#include "distributed/communicator.h"
#include "distributed/control.h"
#include "distributed/patience.h"
#include "distributed/watchdog.h"

namespace convoy {

struct NcclOptions {
  /// The deadline, and how to find out who missed it.
  std::shared_ptr<const Waiting> waiting;  ///< REQUIRED
  /// A peer died or hangs in a collective that was enqueued: see Watchdog.
  LostHandler lost;  ///< REQUIRED
};

/// Collective over `group`, one GPU a rank. The communicator has its own
/// high-priority stream; a collective is ordered behind the current stream by
/// events, and nothing here but allocate(), barrier() and the destructor waits
/// on the host for the GPU or another rank. Throws PeerLost naming the ranks
/// that do not arrive in time, or when the library that was loaded is older
/// than its header; Disagreement in a build without NCCL. `group` must outlive
/// the result.
///
/// Between GPUs allocate() gives memory that NCCL may read and write in place,
/// where all ranks get some; freeing it waits for the GPU.
///
/// all_reduce(), all_reduce_group() and broadcast() may be captured in a CUDA
/// graph, once each has run uncaptured, so that NCCL is connected. Then wait()
/// has to be called while capturing, test() is always false, the tensors must
/// outlive the graph, and the deadline of each launch is watch_stream()'s.
/// Graphs are destroyed before the communicator: its end waits for them, up to
/// the deadline.
std::unique_ptr<Communicator> make_nccl_communicator(
    Control& group, c10::Device device, const NcclOptions& options);

/// NCCL's version as ncclGetVersion gives it (22809 = 2.28.9); 0 in a build
/// without NCCL.
int nccl_version();

/// What NCCL takes for the host of this process, which is on `host`: two ranks
/// of one host may not share a GPU. NCCL_HOSTID, where it is set.
std::string nccl_host(const std::string& host);

}  // namespace convoy
