#pragma once
// What a rank tells of its machine and environment, to be compared with the
// other ranks'.

#include <string>
#include <string_view>
#include <vector>

#include "distributed/device.h"
#include "trainer/health/compare_ranks.h"

namespace convoy {

inline constexpr const char* kSharedMemory = "/dev/shm";
inline constexpr const char* kNoGpus = "none";
/// In front of a database's path.
inline constexpr const char* kDataFact = "data ";

/// Processor, memory, limits, GPUs, the databases at `data` and environment
/// variables that change how a run computes or connects. Sizes are rounded, so
/// that equal machines say the same.
std::vector<RankFact> machine_facts(const std::vector<std::string>& data);

/// A database under its path: there, and how large.
Finding examine_data(const std::string& path);

/// "2 x NVIDIA H200", "none", or why they can't be used.
std::string describe_gpus(const GpuReport& report);

/// Whether an environment variable is compared: those that users set for
/// threads, NCCL, UCX, Open MPI, CUDA and the loader of libraries. Not what
/// mpirun sets for each rank, nor anything else: there may be secrets in it.
bool is_compared(std::string_view variable);

}  // namespace convoy
