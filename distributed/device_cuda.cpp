// GPU questions, answered by the CUDA runtime.

#include <c10/cuda/CUDAFunctions.h>
#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "distributed/device.h"

namespace convoy {
namespace {

/// Whether this process was given NVIDIA devices: a container without them on
/// a host with them is a machine without a GPU.
bool has_device_files() {
  std::error_code ignored;
  return std::filesystem::exists("/dev/nvidiactl", ignored) ||
         std::filesystem::exists("/dev/dxg", ignored);
}

/// The user, or a job scheduler, has chosen that none is seen.
bool hides_all(cudaError_t error) {
  return error == cudaErrorNoDevice &&
         std::getenv("CUDA_VISIBLE_DEVICES") != nullptr;
}

std::string format_uuid(const cudaUUID_t& uuid) {
  std::string text = "GPU-";
  for (int i = 0; i < 16; ++i) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(uuid.bytes[i]));
    if (i == 3 || i == 5 || i == 7 || i == 9) {
      text += '-';
    }
  }
  return text;
}

std::string explain(cudaError_t error, int driver_version) {
  switch (error) {
    case cudaErrorInsufficientDriver:
      return driver_version == 0
                 ? "the driver's library libcuda.so.1 is not there (a "
                   "container "
                   "gets it from docker run --gpus all)"
                 : "the NVIDIA driver is too old for CUDA 13 (want 580 or "
                   "newer)";
    case cudaErrorNoDevice:
      return "the driver is loaded but shows no device to this process";
    default:
      return fmt::format(
          "{} ({})", cudaGetErrorString(error), cudaGetErrorName(error));
  }
}

}  // namespace

GpuReport find_gpus() {
  GpuReport report;
  cudaDriverGetVersion(&report.driver_version);
  cudaRuntimeGetVersion(&report.runtime_version);
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error != cudaSuccess) {
    cudaGetLastError();  // it is remembered otherwise
    if (has_device_files() && !hides_all(error)) {
      report.problem = explain(error, report.driver_version);
    }
    return report;
  }
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp facts{};
    const cudaError_t asked = cudaGetDeviceProperties(&facts, i);
    if (asked != cudaSuccess) {
      cudaGetLastError();
      report.problem =
          fmt::format("GPU {}: {}", i, explain(asked, report.driver_version));
      continue;
    }
    report.gpus.push_back(
        {i,
         facts.name,
         format_uuid(facts.uuid),
         static_cast<std::int64_t>(facts.totalGlobalMem),
         facts.major * 10 + facts.minor});
    if (facts.major * 10 + facts.minor < 75) {
      report.problem = fmt::format(
          "{} has compute capability {}.{}, and CUDA 13 needs 7.5 (Turing) or "
          "newer (CUDA_VISIBLE_DEVICES can hide it)",
          facts.name,
          facts.major,
          facts.minor);
    }
  }
  return report;
}

void set_device(c10::Device device) {
  if (device.is_cuda()) {
    c10::cuda::set_device(device.index());
  }
}

}  // namespace convoy
