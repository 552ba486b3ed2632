#pragma once
// What the host's processor can do.

#include <string>

namespace convoy {

/// "AMD EPYC 7B13" as the system names it.
std::string cpu_name();

/// Whether /proc/cpuinfo lists the flag, such as avx512_bf16.
bool cpu_has(const std::string& flag);

}  // namespace convoy
