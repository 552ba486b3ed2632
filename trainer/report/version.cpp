#include "trainer/report/version.h"

#include <ATen/Context.h>
#include <fmt/format.h>
#include <torch/headeronly/version.h>
#include <xxhash.h>

#include <fstream>
#include <memory>
#include <vector>

#include "data/image/version.h"
#include "data/store/version.h"
#include "distributed/device.h"
#include "distributed/mpi/session.h"
#include "distributed/nccl/communicator.h"

namespace convoy {
namespace {

/// "13.0" of 13000; CUDA's own way to number.
std::string cuda_version(int v) {
  return v == 0 ? "none" : fmt::format("{}.{}", v / 1000, v % 1000 / 10);
}

/// "2.28.9" of 22809.
std::string nccl_version_text() {
  const int v = nccl_version();
  return v == 0 ? "none"
                : fmt::format("{}.{}.{}", v / 10000, v / 100 % 100, v % 100);
}

/// "9.13.0" of 91300, that of the library LibTorch has loaded.
std::string cudnn_version() {
  if (!at::Context::hasCuDNN()) {
    return "none";
  }
  const long v = at::Context::versionRuntimeCuDNN();
  return fmt::format("{}.{}.{}", v / 10000, v / 100 % 100, v % 100);
}

}  // namespace

std::string version_line() {
  return fmt::format("convoy {} (LibTorch {})", CONVOY_VERSION, TORCH_VERSION);
}

std::vector<std::pair<std::string, std::string>> versions() {
  const GpuReport gpus = find_gpus();
  return {
      {"convoy", CONVOY_VERSION},
      {"build", build_hash()},
      {"libtorch", TORCH_VERSION},
      {"cuda_runtime", cuda_version(gpus.runtime_version)},
      {"cuda_driver", cuda_version(gpus.driver_version)},
      {"cudnn", cudnn_version()},
      {"nccl", nccl_version_text()},
      {"mpi", mpi_version()},
      {"lmdb", lmdb_version()},
      {"libjpeg_turbo", libjpeg_turbo_version()},
      {"libpng", libpng_version()},
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
