#include "distributed/nccl/comm_cuda.h"

#include <fmt/format.h>

#include <cstring>
#include <stdexcept>
#include <utility>

#include "distributed/errors.h"
#include "distributed/nccl/communicator.h"

namespace convoy::nccl {
namespace {

static_assert(
    NCCL_VERSION_CODE >= NCCL_VERSION(2, 19, 0),
    "convoy needs NCCL 2.19 or newer, for communicators that do not block and "
    "memory that is registered with them");

/// A non-blocking communicator answers "in progress"; until_done() waits for
/// it.
bool failed(ncclResult_t result) {
  return result != ncclSuccess && result != ncclInProgress;
}

std::string complaint_about(ncclResult_t result, const std::string& what) {
  const std::string words = ncclGetLastError(nullptr);
  return fmt::format(
      "{} failed in NCCL: {}{}{}",
      what,
      ncclGetErrorString(result),
      words.empty() ? "" : "; ",
      words);
}

}  // namespace

Comm::Comm(Control& group, std::shared_ptr<const Waiting> waiting)
    : waiting_(std::move(waiting)) {
  ncclUniqueId id{};
  if (group.rank() == 0) {
    require(ncclGetUniqueId(&id), "ncclGetUniqueId");
  }
  const std::string bytes =
      group.broadcast(std::string(id.internal, sizeof id.internal), 0);
  std::memcpy(id.internal, bytes.data(), sizeof id.internal);
  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
  config.blocking = 0;
  const std::string what = "connecting NCCL";
  require(
      ncclCommInitRankConfig(&comm_, group.size(), id, group.rank(), &config),
      what);
  until_done(what);
}

void Comm::require(ncclResult_t result, const std::string& what) {
  if (failed(result)) {
    throw PeerLost(complaint_about(result, what) + tell_silence(*waiting_));
  }
}

ncclResult_t Comm::state() {
  const std::lock_guard lock(calls_);
  ncclResult_t state = ncclInProgress;
  const ncclResult_t asked = ncclCommGetAsyncError(comm_, &state);
  return asked == ncclSuccess ? state : asked;
}

void Comm::until_done(const std::string& what) {
  Patience patience(*waiting_);
  for (auto now = state(); now != ncclSuccess; now = state()) {
    require(now, what);
    if (!patience.pause()) {
      patience.give_up(what);
    }
  }
}

void Comm::issue(
    const std::string& what,
    const std::function<ncclResult_t(ncclComm_t)>& calls) {
  const auto group = [&](ncclComm_t comm) {
    const ncclResult_t begun = ncclGroupStart();
    if (failed(begun)) {
      return begun;
    }
    // A group that was begun is ended, whatever happens in it.
    const ncclResult_t issued = calls(comm);
    const ncclResult_t ended = ncclGroupEnd();
    return failed(issued) ? issued : ended;
  };
  require(call(group), what);
  until_done(what);
}

ncclResult_t Comm::call(const std::function<ncclResult_t(ncclComm_t)>& one) {
  const std::lock_guard lock(calls_);
  return one(comm_);
}

std::string Comm::complaint() {
  const std::unique_lock lock(calls_, std::try_to_lock);
  if (!lock) {
    return "";
  }
  ncclResult_t state = ncclSuccess;
  const ncclResult_t asked = ncclCommGetAsyncError(comm_, &state);
  const ncclResult_t found = failed(asked) ? asked : state;
  return failed(found) ? complaint_about(found, "a collective") : "";
}

void Comm::close() noexcept {
  try {
    const std::string what = "closing NCCL";
    require(call(ncclCommFinalize), what);
    until_done(what);
    call(ncclCommDestroy);
  } catch (const PeerLost&) {
    // The process is about to end, which takes everything along.
  }
}

/// The library that was loaded may be another than the header's.
void require_library() {
  const int loaded = nccl_version();
  if (loaded / 100 < NCCL_VERSION_CODE / 100) {
    throw PeerLost(fmt::format(
        "NCCL {} was loaded, and convoy was built for {} (as NCCL counts: "
        "major * 10000 + minor * 100 + patch). Another libnccl.so.2 comes "
        "first: look at LD_LIBRARY_PATH and LD_PRELOAD",
        loaded,
        NCCL_VERSION_CODE));
  }
}

ncclRedOp_t nccl_op(ReduceOp op) {
  switch (op) {
    case ReduceOp::sum:
      return ncclSum;
    case ReduceOp::min:
      return ncclMin;
    case ReduceOp::max:
      return ncclMax;
    case ReduceOp::average:
      return ncclAvg;
  }
  throw std::logic_error("nccl_op: unknown operation");
}

ncclDataType_t nccl_type(c10::ScalarType type) {
  switch (type) {
    case c10::kFloat:
      return ncclFloat32;
    case c10::kDouble:
      return ncclFloat64;
    case c10::kBFloat16:
      return ncclBfloat16;
    case c10::kHalf:
      return ncclFloat16;
    case c10::kLong:
      return ncclInt64;
    case c10::kInt:
      return ncclInt32;
    case c10::kByte:
      return ncclUint8;
    default:
      throw std::logic_error(fmt::format(
          "nccl communicator: {} is not reduced", c10::toString(type)));
  }
}

}  // namespace convoy::nccl
