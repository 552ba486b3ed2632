#include "trainer/health/memory_error.h"

#include <c10/util/Exception.h>

#include <new>
#include <string_view>

namespace convoy {
namespace {

/// The exception nested in `e`, if there is one.
std::exception_ptr nested_in(const std::exception& e) {
  const auto* outer = dynamic_cast<const std::nested_exception*>(&e);
  return outer == nullptr ? nullptr : outer->nested_ptr();
}

/// How LibTorch and the libraries below it, cuBLAS and cuDNN among them, say
/// it.
bool says_so(const c10::Error& e) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&e) != nullptr) {
    return true;
  }
  const std::string text = e.what_without_backtrace();
  for (const char* sign :
       {"can't allocate memory",
        "out of memory",
        "STATUS_ALLOC_FAILED",
        "STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED",
        "STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"}) {
    if (text.find(sign) != std::string::npos) {
      return true;
    }
  }
  return false;
}

/// oneDNN's own exceptions reach us as they are, without its headers. A
/// primitive that was described can't be made only when memory for its code or
/// its scratchpad is refused.
bool is_onednn_refusal(const std::exception& e) {
  const std::string_view text = e.what();
  return text == "could not create a primitive" ||
         text == "could not execute a primitive" ||
         text == "could not create a memory object";
}

/// LibTorch's sentences about sizes, without the file and line of its check:
/// "tried to allocate 512 bytes", or a GPU's "Tried to allocate 2.50 GiB. GPU 0
/// has a total capacity of 79.10 GiB of which 1.20 GiB is free".
std::string sizes_in(const std::string& text) {
  const std::size_t host = text.find("you tried to allocate");
  if (host != std::string::npos) {
    const std::size_t begin = host + 4;
    return text.substr(begin, text.find_first_of(".\n", begin) - begin);
  }
  const std::size_t device = text.find("Tried to allocate");
  const std::size_t free = text.find(" is free", device);
  if (device != std::string::npos && free != std::string::npos) {
    return text.substr(device, free + 8 - device);
  }
  return text.substr(0, text.find_first_of(".\n"));
}

}  // namespace

bool is_out_of_memory(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const c10::Error& e) {
    return says_so(e);
  } catch (const std::bad_alloc&) {
    return true;
  } catch (const std::exception& e) {
    const std::exception_ptr inner = nested_in(e);
    return is_onednn_refusal(e) || (inner && is_out_of_memory(inner));
  } catch (...) {
    return false;
  }
}

std::string refused_allocation(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const c10::Error& e) {
    return sizes_in(e.what_without_backtrace());
  } catch (const std::exception& e) {
    if (is_onednn_refusal(e)) {
      return std::string("oneDNN ") + e.what();
    }
    const std::exception_ptr inner = nested_in(e);
    return inner ? refused_allocation(inner) : "the system refused more";
  }
}

}  // namespace convoy
