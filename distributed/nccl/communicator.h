#pragma once
// Communicator for tensors in CUDA memory, over NCCL.

#include <c10/core/Device.h>

#include <memory>

#include "distributed/communicator.h"
#include "distributed/control.h"

namespace convoy {

/// Collective over `group`. The communicator has its own high-priority stream;
/// a collective is ordered behind the current stream by events, and nothing
/// here waits on the host. Throws PeerLost when a rank does not arrive within
/// `timeout_s`, Disagreement in a build without NCCL. `group` must outlive the
/// result.
std::unique_ptr<Communicator> make_nccl_communicator(
    Control& group, c10::Device device, double timeout_s);

/// NCCL's version as ncclGetVersion gives it (22809 = 2.28.9); 0 in a build
/// without NCCL.
int nccl_version();

}  // namespace convoy
