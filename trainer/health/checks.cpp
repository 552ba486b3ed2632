#include "trainer/health/checks.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>

#include "distributed/device.h"
#include "distributed/mpi/session.h"
#include "distributed/nccl/communicator.h"

namespace convoy {
namespace {

using Level = Finding::Level;

double gigabytes(double bytes) {
  return bytes / (1 << 30);
}

/// Free bytes of the file system that `path` is on; -1 when it can't be asked.
double free_bytes(const std::string& path) {
  struct statvfs facts {};
  return statvfs(path.c_str(), &facts) == 0
             ? static_cast<double>(facts.f_bavail) *
                   static_cast<double>(facts.f_frsize)
             : -1;
}

std::string find_on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::size_t colon = folders.find(':');
    const std::string file = folders.substr(0, colon) + "/" + program;
    if (access(file.c_str(), X_OK) == 0) {
      return file;
    }
    folders = colon == std::string::npos ? "" : folders.substr(colon + 1);
  }
  return "";
}

Finding describe_gpu(const Gpu& gpu) {
  return {
      gpu.capability >= 75 ? Level::good : Level::problem,
      fmt::format("GPU {}", gpu.index),
      fmt::format(
          "{}, {:.0f} GB, compute capability {}.{}, {}",
          gpu.name,
          gigabytes(static_cast<double>(gpu.memory_bytes)),
          gpu.capability / 10,
          gpu.capability % 10,
          gpu.uuid),
      gpu.capability >= 75
          ? ""
          : "CUDA 13 needs compute capability 7.5 (Turing) or newer: hide this "
            "one with CUDA_VISIBLE_DEVICES"};
}

}  // namespace

std::vector<Finding> examine_gpus() {
  const GpuReport report = find_gpus();
  std::vector<Finding> found;
  if (!report.problem.empty()) {
    found.push_back(
        {Level::problem,
         "GPU",
         report.problem,
         "install an NVIDIA driver 580 or newer (CUDA 13) for a Turing or "
         "newer "
         "GPU; --set run.device=cpu trains without"});
  } else if (report.gpus.empty()) {
    found.push_back(
        {Level::good,
         "GPU",
         "none: training runs on the CPU (with NVIDIA: Turing or newer, driver "
         "580 or newer)",
         ""});
  }
  for (const Gpu& gpu : report.gpus) {
    found.push_back(describe_gpu(gpu));
  }
  const int nccl = nccl_version();
  found.push_back(
      {nccl > 0 || report.gpus.empty() ? Level::good : Level::note,
       "NCCL",
       nccl > 0
           ? fmt::format("{}.{}.{}", nccl / 10000, nccl / 100 % 100, nccl % 100)
           : "not built in",
       nccl > 0 || report.gpus.empty()
           ? ""
           : "build where the CUDA toolkit is (launch/setup.sh installs it)"});
  return found;
}

Finding examine_mpi(const std::string& version) {
  const bool known = version.starts_with("Open MPI");
  return {
      known ? Level::good : Level::note,
      "MPI",
      version,
      known ? ""
            : "the launch scripts and the advice given here are for Open MPI: "
              "build with it (apt-get install libopenmpi-dev), or start ranks "
              "as this library wants it"};
}

std::vector<Finding> examine_ranks() {
  const std::string mpirun = find_on_path("mpirun");
  std::vector<Finding> found{
      examine_mpi(mpi_version()),
      {mpirun.empty() ? Level::problem : Level::good,
       "mpirun",
       mpirun.empty() ? "not on PATH" : mpirun,
       mpirun.empty() ? "install Open MPI: apt-get install openmpi-bin" : ""}};
  const double shm = free_bytes("/dev/shm");
  found.push_back(
      {shm < (256 << 20) ? Level::note : Level::good,
       "/dev/shm",
       shm < 0 ? "not there" : fmt::format("{:.2f} GB free", gigabytes(shm)),
       shm < (256 << 20) ? "ranks exchange gradients through it: give a "
                           "container more with --shm-size=1g"
                         : ""});
  if (geteuid() == 0) {
    found.push_back(
        {Level::note,
         "user",
         "root",
         "mpirun refuses root unless told --allow-run-as-root; launch/local.sh "
         "does so. A user of one's own is safer"});
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const bool few = files.rlim_cur < 1024;
  found.push_back(
      {few ? Level::note : Level::good,
       "open files",
       fmt::format("{} allowed", files.rlim_cur),
       few ? "ulimit -n 4096" : ""});
  return found;
}

std::vector<Finding> examine_storage(const std::string& folder) {
  std::error_code error;
  auto existing = std::filesystem::absolute(folder, error);
  // What is not there yet is made by the run.
  while (!std::filesystem::exists(existing, error) &&
         existing.has_relative_path()) {
    existing = existing.parent_path();
  }
  const std::string place = existing.string();
  const double space = free_bytes(place);
  std::vector<Finding> found{
      {space < (1 << 30) ? Level::problem : Level::good,
       "disk",
       fmt::format("{:.1f} GB free in {}", gigabytes(space), place),
       space < (1 << 30)
           ? "checkpoints need room: free some, or set run.dir elsewhere"
           : ""}};
  const bool writable = access(place.c_str(), W_OK) == 0;
  found.push_back(
      {writable ? Level::good : Level::problem,
       "run folder",
       writable ? "may be written" : place + " may not be written",
       writable ? "" : "set run.dir to a folder of yours"});
  const char* tmp = std::getenv("TMPDIR");
  if (tmp != nullptr && std::string(tmp).size() > 60) {
    found.push_back(
        {Level::problem,
         "TMPDIR",
         fmt::format("{} characters long", std::string(tmp).size()),
         "Open MPI puts sockets there, whose names may have 108: export "
         "TMPDIR=/tmp"});
  }
  return found;
}

std::vector<Finding> examine_machine(const std::string& folder) {
  std::vector<Finding> all;
  for (auto part :
       {examine_processor(),
        examine_gpus(),
        examine_ranks(),
        examine_storage(folder)}) {
    all.insert(
        all.end(),
        std::make_move_iterator(part.begin()),
        std::make_move_iterator(part.end()));
  }
  return all;
}

}  // namespace convoy
