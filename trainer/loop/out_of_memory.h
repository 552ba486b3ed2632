#pragma once
// A step that did not fit, in words a user can act on.

#include <exception>
#include <string>

#include "distributed/world.h"
#include "trainer/loop/batch.h"
#include "trainer/loop/train_step.h"

namespace convoy {

/// Whether the exception says that memory ran out, on host or device.
bool is_out_of_memory(std::exception_ptr error);

/// Tries smaller micro-batches, without the other ranks, and says which one
/// fits: sizes seen, and what to set. For the way out of the program.
std::string out_of_memory_advice(
    std::exception_ptr error,
    TrainStep& step,
    const DeviceBatch& batch,
    std::int64_t micro);

}  // namespace convoy
