#pragma once
// What commands that take training steps make sure of before the first one.

#include "distributed/mpi/session.h"
#include "distributed/world.h"
#include "trainer/config/read.h"
#include "trainer/loop/run_data.h"
#include "trainer/report/log.h"

namespace convoy {

/// What must be equal before ranks do anything together that depends on it: the
/// program and the config. Collective. Throws Disagreement.
void require_same_start(const Config& config, Control& control);

/// Ranks, CPUs and device as the config says, and kernels chosen before the
/// device is used. Collective. Throws Disagreement.
World make_world(MpiSession& session, const Config& config, Log& log);

/// Opens the databases, checks the rules that need ranks and data, and compares
/// over ranks what the databases hold. Collective. Throws AgreedFailure,
/// Disagreement.
RunData open_checked_data(const LoadedConfig& loaded, World& world, Log& log);

}  // namespace convoy
