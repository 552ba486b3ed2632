#pragma once
// What a run resolved its config to, as the table at the head of its log.

#include <string>
#include <utility>
#include <vector>

#include "distributed/world.h"
#include "trainer/config/config.h"
#include "trainer/loop/run_data.h"
#include "trainer/loop/trainer.h"

namespace convoy {

/// Name and value, in order.
using Settings = std::vector<std::pair<std::string, std::string>>;

Settings resolved_settings(
    const Config& config,
    const RunData& data,
    const World& world,
    const Trainer& trainer);

/// One line each, names in a column.
std::string format_settings(const Settings& settings);

/// "2 on node1 (cpu), 2 on node2 (cpu)".
std::string describe_ranks(const World& world);

/// "0.1 (0.05 x 512 / 256, linear)": the peak rate and the rule that made it.
std::string describe_rate(
    const OptimizerOptions& options, std::int64_t global_batch);

}  // namespace convoy
