#include "trainer/loop/out_of_memory.h"

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <new>

#include "trainer/health/memory.h"

namespace convoy {
namespace {

/// LibTorch's text, without the file and line of the check that failed.
std::string reason(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const c10::Error& e) {
    std::string text = e.what_without_backtrace();
    const std::size_t said = text.find("you tried to allocate");
    if (said != std::string::npos) {
      text = text.substr(said + 4);
    }
    return text.substr(0, text.find_first_of(".\n"));
  } catch (const std::exception&) {
    return "the system refused more";
  }
}

}  // namespace

bool is_out_of_memory(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const c10::OutOfMemoryError&) {
    return true;
  } catch (const c10::Error& e) {
    return std::string(e.what_without_backtrace())
               .find("can't allocate memory") != std::string::npos;
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
      "out of memory: {} samples of {} x {} at a time are too many ({}; this "
      "process holds {:.0f} MB, the machine has {:.0f} MB left); {}",
      micro,
      batch.images.size(2),
      batch.images.size(3),
      reason(error),
      static_cast<double>(resident_memory()) / 1e6,
      static_cast<double>(available_memory()) / 1e6,
      advice);
}

}  // namespace convoy
