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
#include <stdexcept>

#include "distributed/errors.h"

namespace convoy {
namespace {

using Clock = std::chrono::steady_clock;

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

class NcclWork final : public Work {
 public:
  explicit NcclWork(at::cuda::CUDAEvent done) : done_(std::move(done)) {}

  bool test() override { return done_.query(); }
  void wait() override { done_.block(c10::cuda::getCurrentCUDAStream()); }

 private:
  at::cuda::CUDAEvent done_;
};

class NcclCommunicator final : public Communicator {
 public:
  NcclCommunicator(Control& group, c10::Device device, double timeout_s)
      : group_(group),
        device_(device),
        timeout_s_(timeout_s),
        stream_(c10::cuda::getStreamFromPool(
            /*isHighPriority=*/true, device.index())) {
    ncclUniqueId id{};
    if (group.rank() == 0) {
      check(ncclGetUniqueId(&id), "ncclGetUniqueId");
    }
    const std::string bytes =
        group.broadcast(std::string(id.internal, sizeof id.internal), 0);
    std::memcpy(id.internal, bytes.data(), sizeof id.internal);
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = 0;
    const c10::cuda::CUDAGuard guard(device);
    check(
        ncclCommInitRankConfig(&comm_, group.size(), id, group.rank(), &config),
        "ncclCommInitRank");
    until_done(comm_, timeout_s, "ncclCommInitRank");
  }

  ~NcclCommunicator() override {
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
    enqueue(tensor, "broadcast", [&] {
      return ncclBroadcast(
          tensor.mutable_data_ptr(),
          tensor.mutable_data_ptr(),
          tensor.nbytes(),
          ncclUint8,
          root,
          comm_,
          stream_.stream());
    }).block(c10::cuda::getCurrentCUDAStream());
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
  /// Orders `call` behind the current stream, on our own; returns the event
  /// behind it.
  template <class Call>
  at::cuda::CUDAEvent enqueue(
      const at::Tensor& tensor, const char* what, Call call) {
    const c10::cuda::CUDAGuard guard(device_);
    at::cuda::CUDAEvent ready;
    ready.record(c10::cuda::getCurrentCUDAStream());
    ready.block(stream_);
    // Keeps the allocator from handing the memory out again before our stream
    // is done.
    c10::cuda::CUDACachingAllocator::recordStream(
        tensor.storage().data_ptr(), stream_);
    check(call(), what, comm_);
    until_done(comm_, timeout_s_, what);
    at::cuda::CUDAEvent done;
    done.record(stream_);
    return done;
  }

  Control& group_;
  c10::Device device_;
  double timeout_s_;
  c10::cuda::CUDAStream stream_;
  ncclComm_t comm_ = nullptr;
};

}  // namespace

std::unique_ptr<Communicator> make_nccl_communicator(
    Control& group, c10::Device device, double timeout_s) {
  return std::make_unique<NcclCommunicator>(group, device, timeout_s);
}

int nccl_version() {
  int version = 0;
  ncclGetVersion(&version);
  return version;
}

}  // namespace convoy
