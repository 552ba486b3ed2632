#pragma once
// Memory of NCCL's own allocator, registered with a communicator.

#include <c10/core/Device.h>

#include <cstddef>
#include <memory>

#include "distributed/nccl/comm_cuda.h"

namespace convoy::nccl {

/// One block. NCCL reads and writes it in place (NVLink SHARP, peers' memory,
/// network cards), where other memory is copied through its buffers. It is not
/// the caching allocator's: recordStream() passes it over, and nothing hands it
/// out again, so it stays until the last tensor of it is gone.
class RegisteredMemory {
 public:
  /// Null where NCCL has none to give. Not collective; registered memory is
  /// used well only where every rank has it.
  static std::shared_ptr<RegisteredMemory> make(
      const std::shared_ptr<Comm>& comm, c10::Device device, std::size_t bytes);

  /// Waits for the GPU, so that no kernel is left without its memory. Any
  /// thread. While an exception is under way it does nothing: a collective may
  /// never complete, and the process is about to end.
  ~RegisteredMemory();
  RegisteredMemory(const RegisteredMemory&) = delete;
  RegisteredMemory& operator=(const RegisteredMemory&) = delete;

  /// What has to happen before the communicator is closed; the memory stays.
  /// REQUIRES that no collective uses it.
  void deregister();

  void* data() const { return data_; }

 private:
  RegisteredMemory(
      std::shared_ptr<Comm> comm, c10::Device device, void* data, void* handle)
      : comm_(std::move(comm)), device_(device), data_(data), handle_(handle) {}

  std::shared_ptr<Comm> comm_;  ///< null: not registered any more
  c10::Device device_;
  void* data_;
  void* handle_;  ///< NCCL's
};

}  // namespace convoy::nccl
