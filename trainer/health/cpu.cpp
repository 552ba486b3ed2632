#include "trainer/health/cpu.h"

#include <fstream>

namespace convoy {
namespace {

/// The value of the first "key : value" line.
std::string cpuinfo(const std::string& key) {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with(key)) {
      const std::size_t colon = line.find(": ");
      return colon == std::string::npos ? "" : line.substr(colon + 2);
    }
  }
  return "";
}

}  // namespace

std::string cpu_name() {
  return cpuinfo("model name");
}

bool cpu_has(const std::string& flag) {
  return (" " + cpuinfo("flags") + " ").find(" " + flag + " ") !=
         std::string::npos;
}

}  // namespace convoy
