#pragma once
// Ranks as threads of one process, for tests of what runs on several ranks:
// real collectives over shared memory, with results that do not depend on
// timing.

#include <functional>
#include <memory>

#include "distributed/communicator.h"
#include "distributed/control.h"

namespace convoy::testing {

/// Runs `body` once per rank, each on a thread of its own, and waits for all.
/// An exception in one rank is rethrown after the others were released with
/// PeerLost.
void run_ranks(
    int size, const std::function<void(Communicator&, Control&)>& body);

/// Hands on to `next`, which outlives it: for what wants to own a communicator.
std::unique_ptr<Communicator> borrowed(Communicator& next);

}  // namespace convoy::testing
