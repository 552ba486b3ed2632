#include "distributed/nccl/communicator.h"

#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <fmt/format.h>
#include <nccl.h>
#include <sched.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

#include "distributed/errors.h"

namespace convoy {
namespace {

using Clock = std::chrono::steady_clock;
using at::cuda::CUDAEvent;

static_assert(
    NCCL_VERSION_CODE >= NCCL_VERSION(2, 18, 0),
    "convoy needs NCCL 2.18 or newer, for communicators that do not block");

void check(ncclResult_t result, const char* what, ncclComm_t comm = nullptr) {
  // A non-blocking communicator answers "in progress"; until_done() waits for
  // it.
  if (result != ncclSuccess && result != ncclInProgress) {
    throw PeerLost(fmt::format(
        "{} failed in NCCL: {}{}{}",
        what,
        ncclGetErrorString(result),
        comm == nullptr ? "" : "; ",
        comm == nullptr ? "" : ncclGetLastError(comm)));
  }
}

/// Polls a non-blocking communicator until its last call has really been
/// enqueued: only then may an event be recorded behind it (pytorch#138860).
void until_done(ncclComm_t comm, double timeout_s, const char* what) {
  const auto start = Clock::now();
  ncclResult_t state = ncclInProgress;
  while (true) {
    check(ncclCommGetAsyncError(comm, &state), what, comm);
    check(state, what, comm);
    if (state == ncclSuccess) {
      return;
    }
    if (Clock::now() - start > std::chrono::duration<double>(timeout_s)) {
      throw PeerLost(fmt::format(
          "waited {:.0f} s for the other ranks in {} (limit: "
          "distributed.timeout_s)",
          timeout_s,
          what));
    }
    sched_yield();
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

void require_cuda(const at::Tensor& tensor) {
  if (!tensor.is_cuda() || !tensor.is_non_overlapping_and_dense()) {
    throw std::logic_error("nccl communicator: want a dense CUDA tensor");
  }
}

/// The library that was loaded may be another than the header's.
void require_library() {
  const int loaded = nccl_version();
  if (loaded / 100 < NCCL_VERSION_CODE / 100) {
    throw PeerLost(fmt::format(
        "NCCL {} was loaded, and convoy was built for {} (as NCCL counts: "
        "major * 10000 + minor * 100 + patch). Another libnccl.so.2 comes "
        "first: look at "
        "LD_LIBRARY_PATH and LD_PRELOAD",
        loaded,
        NCCL_VERSION_CODE));
  }
}

class NcclWork final : public Work {
 public:
  explicit NcclWork(std::shared_ptr<CUDAEvent> done) : done_(std::move(done)) {}

  bool test() override { return done_->query(); }
  void wait() override {
    done_->block(c10::cuda::getCurrentCUDAStream(done_->device_index()));
  }

 private:
  std::shared_ptr<CUDAEvent> done_;  ///< shared with the watchdog
};

class NcclCommunicator final : public Communicator {
 public:
  NcclCommunicator(
      Control& group, c10::Device device, const NcclOptions& options)
      : group_(group),
        device_(device),
        timeout_s_(options.timeout_s),
        stream_(c10::cuda::getStreamFromPool(
            /*isHighPriority=*/true, device.index())) {
    const c10::cuda::CUDAGuard guard(device);
    join();
    watchdog_ = std::make_unique<Watchdog>(WatchdogOptions{
        .timeout_s = options.timeout_s,
        .lost = options.lost,
        .complaint = [this] { return complaint(); },
        // Asking after an event must not open a context on another GPU.
        .on_thread_start =
            [device] { c10::cuda::set_device(device.index()); }});
  }

  ~NcclCommunicator() override {
    watchdog_.reset();
    const c10::cuda::CUDAGuard guard(device_);
    // Aborting is local: destroying would wait for ranks that may be gone.
    ncclCommAbort(comm_);
  }
  NcclCommunicator(const NcclCommunicator&) = delete;
  NcclCommunicator& operator=(const NcclCommunicator&) = delete;

  int rank() const override { return group_.rank(); }
  int size() const override { return group_.size(); }

  std::unique_ptr<Work> all_reduce(
      const at::Tensor& tensor, ReduceOp op) override {
    require_cuda(tensor);
    return std::make_unique<NcclWork>(enqueue(tensor, "all-reduce", [&] {
      void* data = tensor.mutable_data_ptr();
      return ncclAllReduce(
          data,
          data,
          tensor.numel(),
          nccl_type(tensor.scalar_type()),
          nccl_op(op),
          comm_,
          stream_.stream());
    }));
  }

  void broadcast(const at::Tensor& tensor, int root) override {
    require_cuda(tensor);
    const auto done = enqueue(tensor, "broadcast", [&] {
      return ncclBroadcast(
          tensor.mutable_data_ptr(),
          tensor.mutable_data_ptr(),
          tensor.nbytes(),
          ncclUint8,
          root,
          comm_,
          stream_.stream());
    });
    done->block(c10::cuda::getCurrentCUDAStream(device_.index()));
  }

  void barrier() override {
    // The host-blocking exchange comes after all earlier NCCL work was
    // enqueued, in the same order on every rank, so the two libraries can't
    // wait for each other.
    c10::cuda::getCurrentCUDAStream(device_.index()).synchronize();
    stream_.synchronize();
    group_.barrier();
  }

 private:
  /// Makes the communicator, on the device that is current.
  void join() {
    ncclUniqueId id{};
    if (group_.rank() == 0) {
      check(ncclGetUniqueId(&id), "ncclGetUniqueId");
    }
    const std::string bytes =
        group_.broadcast(std::string(id.internal, sizeof id.internal), 0);
    std::memcpy(id.internal, bytes.data(), sizeof id.internal);
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = 0;
    check(
        ncclCommInitRankConfig(
            &comm_, group_.size(), id, group_.rank(), &config),
        "ncclCommInitRank");
    until_done(comm_, timeout_s_, "ncclCommInitRank");
  }

  /// What NCCL has against a peer, for the watchdog.
  std::string complaint() const {
    ncclResult_t state = ncclSuccess;
    const ncclResult_t asked = ncclCommGetAsyncError(comm_, &state);
    try {
      check(asked, "a collective", comm_);
      check(state, "a collective", comm_);
    } catch (const PeerLost& e) {
      return e.what();
    }
    return "";
  }

  /// Orders `call` behind the current stream, on our own; returns the event
  /// behind it.
  template <class Call>
  std::shared_ptr<CUDAEvent> enqueue(
      const at::Tensor& tensor, const char* name, Call call) {
    const std::string what =
        fmt::format("{} of {} bytes", name, tensor.nbytes());
    const c10::cuda::CUDAGuard guard(device_);
    CUDAEvent ready;
    ready.record(c10::cuda::getCurrentCUDAStream());
    ready.block(stream_);
    // Keeps the allocator from handing the memory out again before our stream
    // is done.
    c10::cuda::CUDACachingAllocator::recordStream(
        tensor.storage().data_ptr(), stream_);
    check(call(), name, comm_);
    until_done(comm_, timeout_s_, name);
    auto done = std::make_shared<CUDAEvent>();
    done->record(stream_);
    watchdog_->watch(what, [done] { return done->query(); });
    return done;
  }

  Control& group_;
  c10::Device device_;
  double timeout_s_;
  c10::cuda::CUDAStream stream_;
  ncclComm_t comm_ = nullptr;
  std::unique_ptr<Watchdog> watchdog_;  ///< last: it asks comm_
};

}  // namespace

std::unique_ptr<Communicator> make_nccl_communicator(
    Control& group, c10::Device device, const NcclOptions& options) {
  require_library();
  return std::make_unique<NcclCommunicator>(group, device, options);
}

int nccl_version() {
  int version = 0;
  ncclGetVersion(&version);
  return version;
}

}  // namespace convoy
