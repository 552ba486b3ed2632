#include "trainer/loop/out_of_memory.h"

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "trainer/health/device_memory.h"
#include "trainer/health/memory.h"

namespace convoy {
namespace {

/// How the libraries below LibTorch say it.
bool names_memory(const std::string& text) {
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

/// LibTorch's text, without the file and line of the check that failed.
std::string reason(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const c10::Error& e) {
    std::string text = e.what_without_backtrace();
    // "you tried to allocate 123 bytes." on the host, "CUDA out of memory.
    // Tried to allocate 20.00 MiB. GPU 0 has ..." on a GPU.
    const std::size_t said = text.find("ried to allocate");
    if (said == std::string::npos) {
      return text.substr(0, text.find_first_of(".\n"));
    }
    const std::size_t end =
        std::min(text.find(". ", said), text.find('\n', said));
    text = "t" + text.substr(said, end == std::string::npos ? end : end - said);
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
  } catch (const std::exception&) {
    return "the system refused more";
  }
}

/// What is used and what is left where the tensors are.
std::string describe_memory(c10::Device device) {
  if (device.is_cuda()) {
    const DeviceMemory memory = device_memory(device);
    return fmt::format(
        "this process has used up to {:.0f} MB of the GPU's {:.0f} MB, {:.0f} "
        "MB are free",
        memory.peak_bytes / 1e6,
        memory.total_bytes / 1e6,
        memory.free_bytes / 1e6);
  }
  return fmt::format(
      "this process holds {:.0f} MB, the machine has {:.0f} MB left",
      static_cast<double>(resident_memory()) / 1e6,
      static_cast<double>(available_memory()) / 1e6);
}

}  // namespace

bool is_out_of_memory(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const c10::OutOfMemoryError&) {
    return true;
  } catch (const c10::Error& e) {
    return names_memory(e.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    return true;
  } catch (...) {
    return false;
  }
}

std::string out_of_memory_advice(
    std::exception_ptr error,
    TrainStep& step,
    const DeviceBatch& batch,
    std::int64_t micro) {
  std::int64_t fitting = micro / 2;
  while (fitting > 0 && !step.fits(batch, fitting)) {
    fitting /= 2;
  }
  const std::string advice =
      fitting > 0 ? fmt::format(
                        "{} at a time were tried and fit: set batch.micro={} "
                        "(the global "
                        "batch stays as it is, gradients accumulate)",
                        fitting,
                        fitting)
                  : "not even one sample fits: use a smaller network or "
                    "smaller pictures "
                    "(augment.crop_px)";
  return fmt::format(
      "out of memory: {} samples of {} x {} at a time are too many ({}; {}); "
      "{}",
      micro,
      batch.images.size(2),
      batch.images.size(3),
      reason(error),
      describe_memory(batch.images.device()),
      advice);
}

}  // namespace convoy
