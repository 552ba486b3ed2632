#pragma once
// How much memory the process holds, and how much there is.

#include <cstdint>
#include <filesystem>

namespace convoy {

/// What the process holds in bytes: resident anonymous memory and what it has
/// brought into the memory that ranks share. Pages of mapped databases are the
/// system's cache and not counted, nor what other ranks have brought.
std::int64_t resident_memory();

/// The part of it that is anonymous, from /proc/self/status.
std::int64_t anonymous_memory();

/// Memory that this process may still take, in bytes: the least of what the
/// machine, each of the process's cgroups (version 1 or 2) and its limit of
/// address space (ulimit -v) leave. Cached file pages of a cgroup count as
/// free, since the system lets go of them. `root` is where /proc and /sys are.
std::int64_t available_memory(const std::filesystem::path& root = "/");

}  // namespace convoy
