#include "distributed/nccl/registered_memory_cuda.h"

#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime_api.h>

#include <exception>
#include <utility>

namespace convoy::nccl {

std::shared_ptr<RegisteredMemory> RegisteredMemory::make(
    const std::shared_ptr<Comm>& comm, c10::Device device, std::size_t bytes) {
  const c10::cuda::CUDAGuard guard(device);
  void* data = nullptr;
  if (ncclMemAlloc(&data, bytes) != ncclSuccess) {
    return nullptr;
  }
  void* handle = nullptr;
  const auto add = [&](ncclComm_t c) {
    return ncclCommRegister(c, data, bytes, &handle);
  };
  if (comm->call(add) != ncclSuccess) {
    ncclMemFree(data);
    return nullptr;
  }
  return std::shared_ptr<RegisteredMemory>(
      new RegisteredMemory(comm, device, data, handle));
}

void RegisteredMemory::deregister() {
  if (const auto comm = std::exchange(comm_, nullptr)) {
    comm->call([this](ncclComm_t c) { return ncclCommDeregister(c, handle_); });
  }
}

RegisteredMemory::~RegisteredMemory() {
  if (std::uncaught_exceptions() > 0) {
    return;
  }
  int before = 0;
  cudaGetDevice(&before);
  cudaSetDevice(device_.index());
  if (cudaDeviceSynchronize() == cudaSuccess) {
    deregister();
    ncclMemFree(data_);
  }
  cudaSetDevice(before);
}

}  // namespace convoy::nccl
