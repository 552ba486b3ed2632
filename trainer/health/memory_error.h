#pragma once
// Exceptions that say memory ran out, whoever threw them.

#include <exception>
#include <string>

namespace convoy {

/// Whether the exception, or one nested in it, says that memory ran out, on
/// host or device.
bool is_out_of_memory(std::exception_ptr error);

/// What was asked for, in the words of whoever refused it: "tried to allocate
/// 4096 bytes". REQUIRES is_out_of_memory(error).
std::string refused_allocation(std::exception_ptr error);

}  // namespace convoy
