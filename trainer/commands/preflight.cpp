#include "trainer/commands/preflight.h"

#include <fmt/format.h>

#include <algorithm>

#include "distributed/replicate.h"
#include "trainer/config/validate.h"
#include "trainer/config/write.h"
#include "trainer/health/agree.h"
#include "trainer/loop/kernel_choice.h"
#include "trainer/report/version.h"

namespace convoy {

void require_same_start(const Config& config, Control& control) {
  const auto hosts = control.all_gather(host_name());
  require_agreement(
      {{"the program", build_hash(), "Copy the same build to every host."}},
      control,
      hosts);
  const auto configs = control.all_gather(to_yaml(config));
  if (std::equal(configs.begin() + 1, configs.end(), configs.begin())) {
    return;
  }
  std::vector<Fact> facts;
  for (const auto& [key, value] : flatten(config)) {
    facts.push_back(
        {"the config's " + key,
         value,
         "Start every rank with the same config."});
  }
  require_agreement(facts, control, hosts);
}

World make_world(MpiSession& session, const Config& config, Log& log) {
  const bool in_order = config.distributed.virtual_ranks > 0;
  if (config.run.deterministic || in_order) {
    use_deterministic_kernels();
  }
  return {
      session,
      {.backend = config.distributed.backend,
       .device = config.run.device,
       .affinity = config.distributed.affinity,
       .timeout_s = config.distributed.timeout_s,
       .in_order = in_order,
       .warn = [&log](const std::string& what) { log.warn(what); }}};
}

RunData open_checked_data(const LoadedConfig& loaded, World& world, Log& log) {
  RunData data = open_run_data(loaded.config, world.control(), log);
  agreed(world.control(), world.host(), [&] {
    require_sound(
        loaded,
        validate_with_data(loaded.config, world.size(), data.train.size()));
  });
  require_agreement(
      {{"the training data", data.train.content, "Copy data.train again."},
       {"the validation data", data.val.content, "Copy data.val again."}},
      world.control(),
      world.hosts());
  return data;
}

}  // namespace convoy
