#pragma once
// NCCL's communicator, called so that no call blocks for longer than the
// deadline; operations and types in NCCL's terms.

#include <c10/core/ScalarType.h>
#include <nccl.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "distributed/control.h"
#include "distributed/patience.h"
#include "distributed/reduce_op.h"

namespace convoy::nccl {

/// An ncclComm_t that does not block. Its calls are made by one thread at a
/// time, under a lock: asking NCCL for an error also ends its launch threads,
/// so the watchdog's question is such a call too.
class Comm {
 public:
  /// Collective over `group`, on the current device. Throws PeerLost naming the
  /// ranks that do not arrive before the deadline.
  Comm(Control& group, std::shared_ptr<const Waiting> waiting);
  Comm(const Comm&) = delete;
  Comm& operator=(const Comm&) = delete;
  /// Leaves NCCL's as it is: see close().
  ~Comm() = default;

  /// Hands what `calls` issues to NCCL as one group, and returns once it has
  /// really been enqueued: only then may an event be recorded behind it
  /// (pytorch#138860), or a graph's capture end. Throws PeerLost: NCCL failed,
  /// or could not connect the ranks in time.
  void issue(
      const std::string& what,
      const std::function<ncclResult_t(ncclComm_t)>& calls);

  /// One call that is local to this rank.
  ncclResult_t call(const std::function<ncclResult_t(ncclComm_t)>& one);

  /// What NCCL has against a peer; empty when nothing, or when another thread
  /// is in a call, which will find out itself. Never blocks; any thread.
  std::string complaint();

  /// The end, when this rank's collectives are complete: NCCL sends what its
  /// threads still hold for others, then lets go of everything. Where that does
  /// not end in time all is left to the end of the process. Not ncclCommAbort,
  /// which takes what is held from ranks that still wait for it, and can hang
  /// when ranks are gone.
  void close() noexcept;

 private:
  ncclResult_t state();
  void until_done(const std::string& what);
  void require(ncclResult_t result, const std::string& what);

  std::shared_ptr<const Waiting> waiting_;
  std::mutex calls_;
  ncclComm_t comm_ = nullptr;
};

/// Throws PeerLost when another, older libnccl was loaded than was built for.
void require_library();

ncclRedOp_t nccl_op(ReduceOp op);

/// Throws std::logic_error for types that are not reduced.
ncclDataType_t nccl_type(c10::ScalarType type);

}  // namespace convoy::nccl
