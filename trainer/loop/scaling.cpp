#include "trainer/loop/scaling.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "distributed/heartbeat.h"
#include "trainer/bench/spread.h"
#include "trainer/health/agree.h"
#include "trainer/health/memory.h"
#include "trainer/loop/out_of_memory.h"
#include "trainer/loop/scaling_rig.h"
#include "trainer/loop/threads.h"
#include "trainer/loop/trainer.h"
#include "trainer/loop/training_parts.h"

namespace convoy {
namespace {

/// What a team does; it calls `alive` between its parts.
using Work = std::function<void(const std::function<void()>& alive)>;

/// The first ranks of the job as a world of their own, and the others, who wait
/// for them.
class Team {
  /// A split has no deadline: a rank that hangs is found before it.
  static World& found_alive(World& world) {
    world.control().barrier();
    return world;
  }

 public:
  Team(const ScalingSubject& subject, int ranks)
      : world_(subject.session, found_alive(subject.world), ranks) {
    found_alive(subject.world);
    const bool waits = subject.world.rank() == 0 || !world_.contains();
    audience_ = subject.world.control().split(waits ? 1 : 0);
  }

  World& world() { return world_; }

  /// The team does `work`; all other ranks sleep until its rank 0 is through.
  /// Collective over the job. Throws PeerLost on a rank that waits in vain.
  void take_turn(const Work& work) {
    if (!world_.contains()) {
      await_heartbeat_end(*audience_);
    } else if (world_.rank() != 0) {
      work([] {});
    } else {
      Heartbeat heartbeat(*audience_);
      work([&] { heartbeat.alive(); });
      heartbeat.end();
    }
  }

 private:
  World world_;
  std::unique_ptr<Control> audience_;  ///< rank 0 and those who wait
};

/// One world size on its way to a row.
struct Contender {
  std::unique_ptr<Team> team;
  std::unique_ptr<ScalingRig> rig;  ///< on the team's ranks
  std::vector<double> rates;
};

/// The loaders of all world sizes live side by side.
void require_memory(
    const ScalingOptions& options, const ScalingSubject& subject) {
  World& world = subject.world;
  const auto load = rank_load(subject.config, world.size());
  std::int64_t loaders = 0;  // on this host at most
  for (const int ranks : options.ranks) {
    loaders += std::min(ranks, world.local_size());
  }
  agreed(world.control(), world.host(), [&] {
    if (!options.synthetic) {
      require_loader_memory(
          training_loader_options(subject.config, world, load.share),
          available_memory() / loaders);
    }
  });
}

std::vector<Contender> assemble(
    const ScalingOptions& options, const ScalingSubject& subject) {
  std::vector<Contender> contenders;
  for (const int ranks : options.ranks) {
    contenders.push_back({std::make_unique<Team>(subject, ranks), nullptr, {}});
  }
  for (Contender& c : contenders) {
    Model model = build_model(subject.config, subject.data, subject.world);
    c.team->take_turn([&](const auto&) {
      c.rig = std::make_unique<ScalingRig>(
          options, subject, c.team->world(), std::move(model));
    });
  }
  return contenders;
}

ScalingRow summarise(int ranks, Contender& c) {
  ScalingRow row;
  row.ranks = ranks;
  if (c.rig) {
    row.phases = c.rig->phases();
    row.profile = c.rig->profile(row.phases);
    const Spread rates = spread_of(c.rates);
    row.images_per_second = rates.median;
    row.least = rates.least;
    row.most = rates.most;
  }
  return row;
}

}  // namespace

std::vector<ScalingRow> measure_scaling(
    const ScalingOptions& options,
    const ScalingSubject& subject,
    const std::function<void(int done)>& say) {
  at::set_num_threads(training_threads(subject.config, subject.world));
  require_memory(options, subject);
  std::vector<Contender> contenders = assemble(options, subject);
  int done = 0;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    for (Contender& c : contenders) {
      c.team->take_turn(
          [&](const auto& alive) { c.rates.push_back(c.rig->measure(alive)); });
      say(++done);
    }
  }
  std::vector<ScalingRow> rows;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    rows.push_back(summarise(options.ranks[i], contenders[i]));
  }
  subject.world.control().barrier();
  compare_rows(rows);
  return rows;
}

void compare_rows(std::vector<ScalingRow>& rows) {
  if (rows.empty()) {
    return;
  }
  const auto fewest = std::min_element(
      rows.begin(), rows.end(), [](const ScalingRow& a, const ScalingRow& b) {
        return a.ranks < b.ranks;
      });
  const double one = fewest->images_per_second / fewest->ranks;
  for (ScalingRow& row : rows) {
    row.speedup = one > 0 ? row.images_per_second / one : 0;
    row.efficiency = row.speedup / row.ranks;
  }
}

}  // namespace convoy
