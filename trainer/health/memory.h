#pragma once
// How much memory the process holds.

#include <cstdint>

namespace convoy {

/// Resident anonymous and shared memory in bytes, from /proc/self/status. Pages
/// of mapped databases are the system's cache and not counted.
std::int64_t resident_memory();

/// The part of it that is anonymous.
std::int64_t anonymous_memory();

/// Memory that the machine, or the container the process is in, still has, in
/// bytes.
std::int64_t available_memory();

}  // namespace convoy
