#include "trainer/health/memory.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

#include "distributed/shm/segments.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

/// The number behind `key` in a "Key:   123 kB" or "key 123" file; -1 if it is
/// not there.
std::int64_t number_behind(const fs::path& path, const std::string& key) {
  std::ifstream file(path);
  std::string word;
  while (file >> word) {
    if (word == key) {
      std::int64_t number = 0;
      return file >> number ? number : -1;
    }
  }
  return -1;
}

std::int64_t kilobytes_of(const fs::path& path, const std::string& key) {
  return std::max<std::int64_t>(0, number_behind(path, key)) * 1024;
}

std::int64_t number_in(const fs::path& path) {
  std::ifstream file(path);
  std::int64_t number = -1;
  return file >> number ? number : -1;
}

/// The files of one version of cgroups.
struct CgroupFiles {
  const char* limit;
  const char* used;
  const char* cached;  ///< key in memory.stat
};
constexpr CgroupFiles kVersion1{
    "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};
constexpr CgroupFiles kVersion2{
    "memory.max", "memory.current", "inactive_file"};

std::int64_t left_in(const fs::path& folder, const CgroupFiles& files) {
  const std::int64_t limit = number_in(folder / files.limit);
  const std::int64_t used = number_in(folder / files.used);
  if (limit < 0 || used < 0) {
    return kUnlimited;
  }
  const std::int64_t cached = std::max<std::int64_t>(
      0, number_behind(folder / "memory.stat", files.cached));
  return std::max<std::int64_t>(0, limit - used + std::min(cached, used));
}

/// The least that `path` below `mount`, or a folder above it, leaves. A
/// container may show its own group as the root, whatever the path says.
std::int64_t left_in_cgroups(
    const fs::path& mount, fs::path path, const CgroupFiles& files) {
  std::int64_t least = left_in(mount, files);
  for (; path.has_relative_path(); path = path.parent_path()) {
    least = std::min(least, left_in(mount / path.relative_path(), files));
  }
  return least;
}

/// From the lines "ID:CONTROLLERS:PATH" of /proc/self/cgroup.
std::int64_t left_in_all_cgroups(const fs::path& root) {
  const fs::path mount = root / "sys/fs/cgroup";
  std::int64_t least =
      std::min(left_in(mount, kVersion2), left_in(mount / "memory", kVersion1));
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) {
      continue;
    }
    const std::string controllers =
        "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string path = line.substr(second + 1);
    if (controllers == ",,") {
      least = std::min(least, left_in_cgroups(mount, path, kVersion2));
    } else if (controllers.find(",memory,") != std::string::npos) {
      least =
          std::min(least, left_in_cgroups(mount / "memory", path, kVersion1));
    }
  }
  return least;
}

std::int64_t left_of_address_space(const fs::path& root) {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return kUnlimited;
  }
  return std::max<std::int64_t>(
      0,
      static_cast<std::int64_t>(limit.rlim_cur) -
          kilobytes_of(root / "proc/self/status", "VmSize:"));
}

}  // namespace

std::int64_t anonymous_memory() {
  return kilobytes_of("/proc/self/status", "RssAnon:");
}

std::int64_t resident_memory() {
  return anonymous_memory() + own_shared_memory();
}

std::int64_t available_memory(const fs::path& root) {
  return std::min(
      {kilobytes_of(root / "proc/meminfo", "MemAvailable:"),
       left_in_all_cgroups(root),
       left_of_address_space(root)});
}

}  // namespace convoy
