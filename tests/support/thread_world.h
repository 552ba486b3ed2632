#pragma once
// Ranks as threads, each with a World: for tests of what trainer/ composes.

#include <ATen/Parallel.h>

#include <functional>
#include <memory>

#include "distributed/world.h"
#include "tests/support/thread_ranks.h"

namespace convoy::testing {

/// Runs `body` once per rank, each on a thread of its own, as run_ranks(). A
/// rank computes with one thread: how many MKL uses is set for the whole
/// process, so a rank that gave its own number back would change what others
/// compute, to the bit.
inline void run_worlds(int size, const std::function<void(World&)>& body) {
  run_ranks(size, [&](Communicator& gradients, Control& control) {
    at::set_num_threads(1);
    World world(
        control,
        std::shared_ptr<Communicator>(&gradients, [](Communicator*) {}));
    body(world);
  });
}

}  // namespace convoy::testing
