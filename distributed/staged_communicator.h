#pragma once
// Communicator for tensors on a device, over one for host memory.

#include <memory>

#include "distributed/communicator.h"

namespace convoy {

/// Copies each tensor to host memory, lets `host` carry it, and copies it back:
/// slow, but works between ranks that share a GPU, which NCCL refuses. A
/// reduction waits on the host until its tensor is ready; its Work is complete
/// when wait() has put the result back, in order on the current stream.
std::unique_ptr<Communicator> make_staged_communicator(
    std::unique_ptr<Communicator> host);

}  // namespace convoy
