#include "distributed/nccl/communicator.h"

#include <ATen/cuda/CUDAEvent.h>
#include <ATen/ops/from_blob.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "distributed/nccl/comm_cuda.h"
#include "distributed/nccl/registered_memory_cuda.h"

namespace convoy {
namespace {

using at::cuda::CUDAEvent;

void require_cuda(const at::Tensor& tensor) {
  if (!tensor.is_cuda() || !tensor.is_non_overlapping_and_dense()) {
    throw std::logic_error("nccl communicator: want a dense CUDA tensor");
  }
}

bool is_capturing() {
  return c10::cuda::currentStreamCaptureStatusMayInitCtx() !=
         c10::cuda::CaptureStatus::None;
}

/// Asking after an event must not open a context on another GPU, nor end the
/// capture of a graph on another thread.
void begin_watching(c10::Device device) {
  c10::cuda::set_device(device.index());
  cudaStreamCaptureMode mode = cudaStreamCaptureModeThreadLocal;
  C10_CUDA_CHECK(cudaThreadExchangeStreamCaptureMode(&mode));
}

/// What a collective leaves behind on the stream.
struct Launched {
  std::shared_ptr<CUDAEvent> done;  ///< shared with the watchdog
  bool captured = false;  ///< in a graph: the event can't be asked after
};

class NcclWork final : public Work {
 public:
  explicit NcclWork(Launched launched) : launched_(std::move(launched)) {}

  bool test() override {
    return !launched_.captured && launched_.done->query();
  }
  void wait() override {
    CUDAEvent& done = *launched_.done;
    done.block(c10::cuda::getCurrentCUDAStream(done.device_index()));
  }

 private:
  Launched launched_;
};

class NcclCommunicator final : public Communicator {
 public:
  NcclCommunicator(
      Control& group, c10::Device device, const NcclOptions& options)
      : group_(group),
        device_(device),
        stream_(c10::cuda::getStreamFromPool(
            /*isHighPriority=*/true, device.index())) {
    const c10::cuda::CUDAGuard guard(device);
    comm_ = std::make_shared<nccl::Comm>(group, options.waiting);
    watchdog_ = std::make_unique<Watchdog>(WatchdogOptions{
        .waiting = options.waiting,
        .lost = options.lost,
        .complaint = [comm = comm_] { return comm->complaint(); },
        .on_thread_start = [device] { begin_watching(device); }});
  }

  /// While an exception is under way a collective may never complete, and the
  /// process is about to end: NCCL is left as it is.
  ~NcclCommunicator() override {
    if (std::uncaught_exceptions() > 0) {
      return;
    }
    const c10::cuda::CUDAGuard guard(device_);
    cudaDeviceSynchronize();  // under the watchdog's eyes
    watchdog_.reset();
    for (const auto& kept : blocks_) {
      if (const auto block = kept.lock()) {
        block->deregister();
      }
    }
    comm_->close();
  }
  NcclCommunicator(const NcclCommunicator&) = delete;
  NcclCommunicator& operator=(const NcclCommunicator&) = delete;

  int rank() const override { return group_.rank(); }
  int size() const override { return group_.size(); }

  std::unique_ptr<Work> all_reduce(
      const at::Tensor& tensor, ReduceOp op) override {
    const std::array<Reduction, 1> alone{{{tensor, op}}};
    return all_reduce_group(alone);
  }

  std::unique_ptr<Work> all_reduce_group(
      std::span<const Reduction> reductions) override;

  std::unique_ptr<Work> reduce_scatter(const at::Tensor& tensor) override;
  std::unique_ptr<Work> all_gather(const at::Tensor& tensor) override;

  void broadcast(const at::Tensor& tensor, int root) override;

  at::Tensor allocate(
      std::int64_t elements, const at::TensorOptions& options) override;

  void barrier() override {
    // The host-blocking exchange comes after all earlier NCCL work was
    // enqueued, in the same order on every rank, so the two libraries can't
    // wait for each other.
    c10::cuda::getCurrentCUDAStream(device_.index()).synchronize();
    stream_.synchronize();
    group_.barrier();
  }

  void watch_stream(const std::string& what) override {
    auto done = std::make_shared<CUDAEvent>();
    done->record(c10::cuda::getCurrentCUDAStream(device_.index()));
    watchdog_->watch(what, [done] { return done->query(); });
  }

 private:
  Launched launch(
      std::span<const Reduction> tensors,
      const char* name,
      const std::function<ncclResult_t(ncclComm_t)>& calls);

  Control& group_;
  c10::Device device_;
  c10::cuda::CUDAStream stream_;
  std::shared_ptr<nccl::Comm> comm_;
  std::vector<std::weak_ptr<nccl::RegisteredMemory>> blocks_;
  std::unique_ptr<Watchdog> watchdog_;
};

/// Orders `calls` behind the current stream, on our own.
Launched NcclCommunicator::launch(
    std::span<const Reduction> tensors,
    const char* name,
    const std::function<ncclResult_t(ncclComm_t)>& calls) {
  const c10::cuda::CUDAGuard guard(device_);
  const bool captured = is_capturing();
  CUDAEvent ready;
  ready.record(c10::cuda::getCurrentCUDAStream());
  ready.block(stream_);
  std::size_t bytes = 0;
  for (const Reduction& one : tensors) {
    bytes += one.tensor.nbytes();
    if (!captured) {
      // Keeps the allocator from handing the memory out again before our stream
      // is done. A graph's memory is kept by whoever keeps the graph.
      c10::cuda::CUDACachingAllocator::recordStream(
          one.tensor.storage().data_ptr(), stream_);
    }
  }
  const std::string what = fmt::format("{} of {} bytes", name, bytes);
  comm_->issue(what, calls);
  auto done = std::make_shared<CUDAEvent>();
  done->record(stream_);
  if (!captured) {
    watchdog_->watch(what, [done] { return done->query(); });
  }
  return {std::move(done), captured};
}

std::unique_ptr<Work> NcclCommunicator::all_reduce_group(
    std::span<const Reduction> reductions) {
  for (const Reduction& one : reductions) {
    require_cuda(one.tensor);
    nccl::nccl_type(one.tensor.scalar_type());
  }
  const auto calls = [&](ncclComm_t comm) {
    ncclResult_t result = ncclSuccess;
    for (const auto& [tensor, op] : reductions) {
      void* data = tensor.mutable_data_ptr();
      const ncclResult_t issued = ncclAllReduce(
          data,
          data,
          tensor.numel(),
          nccl::nccl_type(tensor.scalar_type()),
          nccl::nccl_op(op),
          comm,
          stream_.stream());
      result = result == ncclSuccess ? issued : result;
    }
    return result;
  };
  return std::make_unique<NcclWork>(launch(reductions, "an all-reduce", calls));
}

// A part that lies where NCCL expects it in the whole is taken in place.

std::unique_ptr<Work> NcclCommunicator::reduce_scatter(
    const at::Tensor& tensor) {
  require_cuda(tensor);
  const at::Tensor own = part_of(tensor, rank(), size());
  const std::array<Reduction, 1> alone{{{tensor}}};
  const auto call = [&](ncclComm_t comm) {
    return ncclReduceScatter(
        tensor.const_data_ptr(),
        own.mutable_data_ptr(),
        own.numel(),
        nccl::nccl_type(tensor.scalar_type()),
        ncclSum,
        comm,
        stream_.stream());
  };
  return std::make_unique<NcclWork>(launch(alone, "a reduce-scatter", call));
}

std::unique_ptr<Work> NcclCommunicator::all_gather(const at::Tensor& tensor) {
  require_cuda(tensor);
  const at::Tensor own = part_of(tensor, rank(), size());
  const std::array<Reduction, 1> alone{{{tensor}}};
  const auto call = [&](ncclComm_t comm) {
    return ncclAllGather(
        own.const_data_ptr(),
        tensor.mutable_data_ptr(),
        own.nbytes(),
        ncclUint8,
        comm,
        stream_.stream());
  };
  return std::make_unique<NcclWork>(launch(alone, "an all-gather", call));
}

void NcclCommunicator::broadcast(const at::Tensor& tensor, int root) {
  require_cuda(tensor);
  const std::array<Reduction, 1> alone{{{tensor}}};
  const auto call = [&](ncclComm_t comm) {
    void* data = tensor.mutable_data_ptr();
    return ncclBroadcast(
        data, data, tensor.nbytes(), ncclUint8, root, comm, stream_.stream());
  };
  NcclWork(launch(alone, "a broadcast", call)).wait();
}

at::Tensor NcclCommunicator::allocate(
    std::int64_t elements, const at::TensorOptions& options) {
  const auto bytes = static_cast<std::size_t>(
      elements * static_cast<std::int64_t>(options.dtype().itemsize()));
  if (size() == 1 || bytes == 0) {
    return Communicator::allocate(elements, options);
  }
  auto block = nccl::RegisteredMemory::make(comm_, device_, bytes);
  // All or none: NCCL's choice of algorithm may depend on it.
  std::array<std::int64_t, 1> everywhere{block != nullptr};
  group_.all_reduce(std::span(everywhere), ReduceOp::min);
  if (everywhere[0] == 0) {
    return Communicator::allocate(elements, options);
  }
  std::erase_if(blocks_, [](const auto& old) { return old.expired(); });
  blocks_.push_back(block);
  return at::from_blob(
             block->data(), {elements}, [block](void*) {}, options, device_)
      .zero_();
}

}  // namespace

std::unique_ptr<Communicator> make_nccl_communicator(
    Control& group, c10::Device device, const NcclOptions& options) {
  nccl::require_library();
  return std::make_unique<NcclCommunicator>(group, device, options);
}

int nccl_version() {
  int version = 0;
  ncclGetVersion(&version);
  return version;
}

std::string nccl_host(const std::string& host) {
  const char* chosen = std::getenv("NCCL_HOSTID");
  return chosen == nullptr ? host : chosen;
}

}  // namespace convoy
