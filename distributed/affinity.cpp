#include "distributed/affinity.h"

#include <sched.h>

namespace convoy {

std::vector<int> cpu_share(
    const std::vector<int>& host_cpus, int local_rank, int local_size) {
  const int cpus = static_cast<int>(host_cpus.size());
  if (local_size > cpus) {
    return host_cpus;
  }
  const int begin = cpus * local_rank / local_size;
  const int end = cpus * (local_rank + 1) / local_size;
  return {host_cpus.begin() + begin, host_cpus.begin() + end};
}

std::vector<int> bound_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &set)) {
        cpus.push_back(cpu);
      }
    }
  }
  return cpus;
}

bool bind_to(const std::vector<int>& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int cpu : cpus) {
    CPU_SET(cpu, &set);
  }
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

std::vector<int> available_cpus() {
  // Asking for every CPU yields those that the container's cpuset allows.
  const std::vector<int> before = bound_cpus();
  std::vector<int> every(CPU_SETSIZE);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    every[cpu] = cpu;
  }
  if (!bind_to(every)) {
    return before;
  }
  const std::vector<int> available = bound_cpus();
  bind_to(before);
  return available;
}

std::string describe_cpus(const std::vector<int>& cpus) {
  std::string text;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t j = i;
    while (j + 1 < cpus.size() && cpus[j + 1] == cpus[j] + 1) {
      ++j;
    }
    text += (text.empty() ? "" : ",") + std::to_string(cpus[i]);
    if (j > i) {
      text += "-" + std::to_string(cpus[j]);
    }
    i = j + 1;
  }
  return text;
}

}  // namespace convoy
