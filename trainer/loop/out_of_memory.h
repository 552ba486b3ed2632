#pragma once
// What does not fit into memory, in words a user can act on.

#include <cstdint>
#include <exception>
#include <string>

#include "data/loader/loader.h"
#include "trainer/health/memory_error.h"
#include "trainer/loop/batch.h"
#include "trainer/loop/train_step.h"

namespace convoy {

/// What a step that ran out of memory was doing.
struct FailedStep {
  std::exception_ptr error;
  std::int64_t micro = 0;   ///< samples at once, at most
  bool batch_norm = false;  ///< which wants at least 2 samples at once
};

/// Tries smaller micro-batches of `batch`, this rank's share, without the other
/// ranks, and says which one fits: sizes seen, and what to set. For the way out
/// of the program.
std::string out_of_memory_advice(
    const FailedStep& failed, TrainStep& step, const DeviceBatch& batch);

/// Throws OutOfMemory with that advice when memory is what the step ran out of;
/// any other error as it is.
[[noreturn]] void rethrow_with_advice(
    const FailedStep& failed, TrainStep& step, const DeviceBatch& batch);

/// Throws OutOfMemory when the loader's slots take more than `available` bytes:
/// with the sizes, and how many samples a rank would fit.
void require_loader_memory(
    const LoaderOptions& options, std::int64_t available);

}  // namespace convoy
