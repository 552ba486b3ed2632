#include "trainer/report/version.h"

#include <fmt/format.h>
#include <torch/headeronly/version.h>
#include <xxhash.h>

#include <fstream>
#include <memory>
#include <vector>

#include "distributed/device.h"
#include "distributed/mpi/session.h"
#include "distributed/nccl/communicator.h"

namespace convoy {

std::string version_line() {
  return fmt::format("convoy {} (LibTorch {})", CONVOY_VERSION, TORCH_VERSION);
}

std::vector<std::pair<std::string, std::string>> versions() {
  const GpuReport gpus = find_gpus();
  const auto cuda = [](int v) {
    return v == 0 ? std::string("none")
                  : fmt::format("{}.{}", v / 1000, v % 1000 / 10);
  };
  const int nccl = nccl_version();
  return {
      {"convoy", CONVOY_VERSION},
      {"build", build_hash()},
      {"libtorch", TORCH_VERSION},
      {"cuda_runtime", cuda(gpus.runtime_version)},
      {"cuda_driver", cuda(gpus.driver_version)},
      {"nccl",
       nccl == 0 ? "none"
                 : fmt::format(
                       "{}.{}.{}", nccl / 10000, nccl / 100 % 100, nccl % 100)},
      {"mpi", mpi_version()},
      {"compiler", __VERSION__}};
}

std::string build_hash() {
  return hash_file("/proc/self/exe");
}

std::string hash_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return "";
  }
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(
      XXH3_createState(), XXH3_freeState);
  XXH3_64bits_reset(state.get());
  std::vector<char> piece(1 << 20);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) ||
         file.gcount() > 0) {
    XXH3_64bits_update(
        state.get(), piece.data(), static_cast<std::size_t>(file.gcount()));
  }
  return fmt::format("{:016x}", XXH3_64bits_digest(state.get()));
}

}  // namespace convoy
