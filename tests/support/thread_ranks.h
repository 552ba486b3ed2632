#pragma once
// Ranks as threads of one process, for tests of what runs on several ranks:
// real collectives over shared memory, with results that do not depend on
// timing.

#include <functional>

#include "distributed/communicator.h"
#include "distributed/control.h"

namespace convoy::testing {

/// Runs `body` once per rank, each on a thread of its own, and waits for all.
/// An exception in one rank is rethrown after the others were released with
/// PeerLost.
void run_ranks(
    int size, const std::function<void(Communicator&, Control&)>& body);

}  // namespace convoy::testing
