#include "trainer/health/rank_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>

#include "distributed/affinity.h"
#include "trainer/health/cpu.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;

std::string whole_gigabytes(double bytes) {
  return fmt::format("{:.0f} GB", std::round(bytes / (1 << 30)));
}

std::string total_memory() {
  return whole_gigabytes(
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
      static_cast<double>(sysconf(_SC_PAGESIZE)));
}

std::string shared_memory() {
  struct statvfs facts {};
  if (statvfs(kSharedMemory, &facts) != 0) {
    return "not there";
  }
  const auto bytes =
      static_cast<double>(facts.f_blocks) * static_cast<double>(facts.f_frsize);
  return bytes < (1 << 30) ? fmt::format("{:.0f} MB", bytes / (1 << 20))
                           : whole_gigabytes(bytes);
}

/// In units of `unit`, with its name behind it.
std::string limit(
    decltype(RLIMIT_NOFILE) which, rlim_t unit, const char* name) {
  rlimit allowed{};
  getrlimit(which, &allowed);
  return allowed.rlim_cur == RLIM_INFINITY
             ? "unlimited"
             : fmt::format("{}{}", allowed.rlim_cur / unit, name);
}

/// LMDB's file of a database; the path itself where it is that file.
fs::path file_of(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) ? fs::path(path) / "data.mdb"
                                         : fs::path(path);
}

std::string describe_data(const std::string& path) {
  const fs::path file = file_of(path);
  std::error_code error;
  const auto bytes = fs::file_size(file, error);
  if (error) {
    return "not there";
  }
  return access(file.c_str(), R_OK) == 0 ? fmt::format("{} bytes", bytes)
                                         : "may not be read";
}

/// Values go into one line.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
  return text;
}

std::vector<RankFact> environment_facts() {
  std::map<std::string, std::string> sorted;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    if (is_compared(name)) {
      sorted[name] = one_line(text.substr(name.size() + 1));
    }
  }
  std::vector<RankFact> facts;
  for (const auto& [name, value] : sorted) {
    facts.push_back({name, value});
  }
  return facts;
}

}  // namespace

std::string describe_gpus(const GpuReport& report) {
  if (!report.problem.empty()) {
    return "unusable: " + report.problem;
  }
  std::map<std::string, int> models;
  for (const Gpu& gpu : report.gpus) {
    ++models[gpu.name];
  }
  std::vector<std::string> parts;
  for (const auto& [name, count] : models) {
    parts.push_back(fmt::format("{} x {}", count, name));
  }
  return parts.empty() ? kNoGpus : fmt::format("{}", fmt::join(parts, ", "));
}

bool is_compared(std::string_view variable) {
  static constexpr std::array<std::string_view, 12> kBeginnings{
      "OMP_",
      "GOMP_",
      "MKL_",
      "NCCL_",
      "UCX_",
      "OMPI_MCA_btl",
      "OMPI_MCA_pml",
      "OMPI_MCA_mtl",
      "OMPI_MCA_coll",
      "CUBLAS_",
      "PYTORCH_",
      "LD_"};
  return std::any_of(
      kBeginnings.begin(), kBeginnings.end(), [&](std::string_view beginning) {
        return variable.starts_with(beginning);
      });
}

Finding examine_data(const std::string& path) {
  const std::string seen = describe_data(path);
  const bool sound = seen.ends_with(" bytes");
  return {
      sound ? Finding::Level::good : Finding::Level::problem,
      "data",
      fmt::format("{}: {}", path, seen),
      sound ? ""
            : "every host reads the database under this path: copy it there, "
              "or put it on a disk that all share"};
}

std::vector<RankFact> machine_facts(const std::vector<std::string>& data) {
  std::vector<RankFact> facts{
      {"processor", cpu_name()},
      {"vector units",
       examine_vector_units({cpu_has("avx2"), cpu_has("avx512f")}).seen},
      {"CPUs", fmt::format("{}", available_cpus().size())},
      {"memory", total_memory()},
      {kSharedMemory, shared_memory()},
      {"memlock", limit(RLIMIT_MEMLOCK, 1024, " KB")},
      {"open files", limit(RLIMIT_NOFILE, 1, "")},
      {"GPUs", describe_gpus(find_gpus())}};
  for (const std::string& path : data) {
    facts.push_back({kDataFact + path, describe_data(path)});
  }
  const auto environment = environment_facts();
  facts.insert(facts.end(), environment.begin(), environment.end());
  return facts;
}

}  // namespace convoy
