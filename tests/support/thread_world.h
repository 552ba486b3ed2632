#pragma once
// Ranks as threads, each with a World: for tests of what trainer/ composes.

#include <functional>
#include <memory>

#include "distributed/world.h"
#include "tests/support/thread_ranks.h"

namespace convoy::testing {

/// Runs `body` once per rank, each on a thread of its own, as run_ranks().
inline void run_worlds(int size, const std::function<void(World&)>& body) {
  run_ranks(size, [&](Communicator& gradients, Control& control) {
    World world(
        control,
        std::shared_ptr<Communicator>(&gradients, [](Communicator*) {}));
    body(world);
  });
}

}  // namespace convoy::testing
