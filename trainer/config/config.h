#pragma once
// Everything that describes a run. Read once, checked once, then const.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/options.h"
#include "distributed/device.h"
#include "distributed/world.h"
#include "trainer/config/extension_options.h"
#include "trainer/config/train_options.h"

namespace convoy {

/// Whether each rank updates a part of the parameters. `automatic`: where that
/// is faster and rounds as updating all on every rank.
enum class Sharding { automatic, on, off };
constexpr std::array<std::string_view, 3> names(Sharding) {
  return {"auto", "true", "false"};
}

struct DistributedOptions {
  Backend backend = Backend::automatic;
  double bucket_mb = 0;  ///< 0: as an all-reduce costs
  double first_bucket_mb = 1;
  double timeout_s = 300;
  Affinity affinity = Affinity::share;
  int verify_replicas_every = 0;
  int sync_batch_norm = 1;  ///< ranks that batch norm takes as one; 0: all
  int virtual_ranks = 0;    ///< that the bits of a run are those of; 0: its own
  Sharding sharded_optimizer = Sharding::automatic;
};

struct Config {
  RunOptions run;
  DataOptions data;
  AugmentOptions augment;
  EvalOptions eval;
  NormalizeOptions normalize;
  NetConfig net;
  FineTuneOptions fine_tune;
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
  BatchOptions batch;
  LossOptions loss;
  Precision precision = Precision::automatic;
  DistributedOptions distributed;
  ExtensionOptions extensions;
};

}  // namespace convoy
