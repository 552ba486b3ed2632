#include "trainer/health/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace convoy {
namespace {

/// The number behind `key` in a "Key:   123 kB" file, in bytes; -1 if it is not
/// there.
std::int64_t kilobytes_of(const char* path, const std::string& key) {
  std::ifstream file(path);
  std::string word;
  while (file >> word) {
    if (word == key) {
      std::int64_t kb = 0;
      file >> kb;
      return kb * 1024;
    }
  }
  return -1;
}

std::int64_t number_in(const char* path) {
  std::ifstream file(path);
  std::int64_t number = -1;
  return file >> number ? number : -1;
}

}  // namespace

std::int64_t anonymous_memory() {
  return std::max<std::int64_t>(
      0, kilobytes_of("/proc/self/status", "RssAnon:"));
}

std::int64_t resident_memory() {
  return anonymous_memory() +
         std::max<std::int64_t>(
             0, kilobytes_of("/proc/self/status", "RssShmem:"));
}

std::int64_t available_memory() {
  std::int64_t available = kilobytes_of("/proc/meminfo", "MemAvailable:");
  const std::int64_t limit = number_in("/sys/fs/cgroup/memory.max");
  const std::int64_t used = number_in("/sys/fs/cgroup/memory.current");
  if (limit > 0 && used >= 0) {
    available = std::min(available, limit - used);
  }
  return available;
}

}  // namespace convoy
