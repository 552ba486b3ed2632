#include "distributed/device.h"

#include <fmt/format.h>

#include "distributed/errors.h"

namespace convoy {

c10::Device choose_device(
    DeviceChoice choice, const GpuReport& report, int local_rank) {
  if (choice == DeviceChoice::cpu) {
    return c10::Device(c10::kCPU);
  }
  if (!report.problem.empty()) {
    throw Disagreement(fmt::format(
        "a GPU is there but can't be used: {}. Mend that, or use the CPU "
        "on purpose with --set run.device=cpu",
        report.problem));
  }
  if (!report.gpus.empty()) {
    const std::size_t own =
        static_cast<std::size_t>(local_rank) % report.gpus.size();
    return c10::Device(
        c10::kCUDA, static_cast<c10::DeviceIndex>(report.gpus[own].index));
  }
  if (choice == DeviceChoice::cuda) {
    throw Disagreement(
        "cuda is asked for, but no NVIDIA GPU is visible (is "
        "CUDA_VISIBLE_DEVICES empty?). `convoy doctor` tells more; run.device "
        "auto or cpu trains on the CPU");
  }
  return c10::Device(c10::kCPU);
}

}  // namespace convoy
