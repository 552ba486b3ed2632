// GPU questions, answered by the CUDA runtime.

#include <c10/cuda/CUDAFunctions.h>
#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <filesystem>

#include "distributed/device.h"

namespace convoy {
namespace {

bool driver_is_loaded() {
  std::error_code ignored;
  return std::filesystem::exists("/proc/driver/nvidia/version", ignored);
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

std::string explain(cudaError_t error) {
  switch (error) {
    case cudaErrorInsufficientDriver:
      return "the NVIDIA driver is too old for CUDA 13 (want 580 or newer)";
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
    cudaGetLastError();
    const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
    const bool hidden = visible != nullptr && *visible == '\0';
    if (driver_is_loaded() && !hidden) {
      report.problem = explain(error);
    }
    return report;
  }
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp facts{};
    if (cudaGetDeviceProperties(&facts, i) != cudaSuccess) {
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
          "newer",
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
