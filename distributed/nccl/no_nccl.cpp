// A build without NCCL has no communicator for CUDA memory.

#include "distributed/errors.h"
#include "distributed/nccl/communicator.h"

namespace convoy {

std::unique_ptr<Communicator> make_nccl_communicator(
    Control&, c10::Device, const NcclOptions&) {
  throw Disagreement(
      "this convoy was built without NCCL: build it where the CUDA toolkit is "
      "(launch/setup.sh installs it), or use run.device=cpu");
}

int nccl_version() {
  return 0;
}

std::string nccl_host(const std::string& host) {
  return host;
}

}  // namespace convoy
