#pragma once
// Host memory of tensors that the next step finds where the last one left it.

namespace convoy {

/// From now on tensors in host memory, and oneDNN's scratchpads, of 64 KB or
/// more are cut from one range of huge pages that the process keeps: as much of
/// it as it has needed at once. malloc() gives large blocks back to the system
/// and gets them anew, page by page and zeroed, for every layer of every step.
/// Once, before tensors are allocated on other threads. Does nothing where
/// address space is limited (ulimit -v), can't be reserved, or is memory
/// (vm.overcommit_memory = 2), nor under AddressSanitizer.
void keep_tensor_memory();

}  // namespace convoy
