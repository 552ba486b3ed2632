#pragma once
// The GPUs of this process, without a GPU being needed to ask.

#include <c10/core/Device.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace convoy {

enum class DeviceChoice { automatic, cpu, cuda };
constexpr std::array<std::string_view, 3> names(DeviceChoice) {
  return {"auto", "cpu", "cuda"};
}

struct Gpu {
  int index = 0;  ///< as CUDA numbers the visible ones
  std::string name;
  std::string uuid;
  std::int64_t memory_bytes = 0;
  int capability = 0;  ///< major * 10 + minor
};

struct GpuReport {
  std::vector<Gpu> gpus;
  /// Why a GPU that the machine has can't be used (driver too old, no
  /// permission); empty when there is none or all is well.
  std::string problem;
  int driver_version = 0;  ///< as cudaDriverGetVersion says, 0 without a driver
  int runtime_version = 0;  ///< the CUDA runtime that convoy was built with
};

/// What this process sees. A build without CUDA reports no GPU.
GpuReport find_gpus();

/// The device of one rank: local rank modulo visible GPUs, since Slurm may show
/// each rank its own GPU only; the CPU when there is no GPU. Throws
/// Disagreement when `cuda` was asked for and none is usable, or when a GPU is
/// there and unusable.
c10::Device choose_device(
    DeviceChoice choice, const GpuReport& report, int local_rank);

/// Makes `device` the calling thread's current one. Nothing to do for the CPU.
void set_device(c10::Device device);

}  // namespace convoy
