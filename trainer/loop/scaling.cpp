#include "trainer/loop/scaling.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "trainer/bench/spread.h"
#include "trainer/health/agree.h"
#include "trainer/health/memory.h"
#include "trainer/loop/out_of_memory.h"
#include "trainer/loop/scaling_rig.h"
#include "trainer/loop/scaling_team.h"
#include "trainer/loop/threads.h"
#include "trainer/loop/trainer.h"
#include "trainer/loop/training_parts.h"

namespace convoy {
namespace {

/// A series on one world size.
struct Contender {
  ScalingSeries series;
  StepLoad load;
  std::unique_ptr<ScalingBatches> batches;  ///< on the team's ranks
  std::vector<Repeat> repeats;
};

/// One world size, whose model all series train.
struct Field {
  std::unique_ptr<Team> team;
  std::unique_ptr<ScalingRig> rig;  ///< on the team's ranks
  std::optional<AllReduceCost> cost;
  std::vector<Contender> contenders;
};

/// A loader works ahead while others are measured.
int untimed_steps(
    const ScalingOptions& options, const Config& config, ScalingData data) {
  return data == ScalingData::real
             ? std::max(options.warmup, config.data.prefetch_batches + 1)
             : options.warmup;
}

/// The loaders of all world sizes live side by side; what those of this host
/// hold is counted as if each rank had as much.
void require_memory(
    const ScalingOptions& options, const ScalingSubject& subject) {
  World& world = subject.world;
  std::int64_t samples = 0;
  for (const ScalingSeries& series : options.series) {
    for (const int ranks : options.ranks) {
      const auto load =
          step_load(subject.config.batch, world.size(), series.mode, ranks);
      samples += series.data == ScalingData::real
                     ? load.largest_share * std::min(ranks, world.local_size())
                     : 0;
    }
  }
  agreed(world.control(), world.host(), [&] {
    require_loader_memory(
        training_loader_options(
            subject.config, world, samples / world.local_size()),
        available_memory() / world.local_size());
  });
}

std::vector<Field> gather_teams(
    const ScalingOptions& options, const ScalingSubject& subject) {
  std::vector<Field> fields;
  for (const int ranks : options.ranks) {
    Field field{.team = std::make_unique<Team>(subject, ranks)};
    for (const ScalingSeries& series : options.series) {
      field.contenders.push_back(
          {.series = series,
           .load = step_load(
               subject.config.batch,
               subject.world.size(),
               series.mode,
               ranks)});
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

/// What the team's ranks train, and what their gradients go through.
void equip(
    Field& field,
    const ScalingOptions& options,
    const ScalingSubject& subject) {
  const Config& config = subject.config;
  World& world = field.team->world();
  for (Contender& c : field.contenders) {
    const std::int64_t steps =
        untimed_steps(options, config, c.series.data) + options.steps;
    c.batches = std::make_unique<ScalingBatches>(
        c.series.data,
        c.load,
        steps * options.repeats,
        config,
        subject.data,
        world);
  }
  if (world.size() > 1) {
    field.cost = field.rig->all_reduce_cost();
  }
}

std::vector<Field> assemble(
    const ScalingOptions& options, const ScalingSubject& subject) {
  std::vector<Field> fields = gather_teams(options, subject);
  for (Field& field : fields) {
    Model model = build_model(subject.config, subject.data, subject.world);
    field.team->take_turn([&](const auto&) {
      field.rig = std::make_unique<ScalingRig>(
          subject.config, field.team->world(), std::move(model));
      equip(field, options, subject);
    });
  }
  return fields;
}

ScalingRow summarise(int ranks, const Field& field, const Contender& c) {
  ScalingRow row;
  row.series = c.series;
  row.ranks = ranks;
  row.load = c.load;
  row.all_reduce = field.cost;
  if (c.repeats.empty()) {
    return row;
  }
  std::vector<double> rates;
  for (const Repeat& repeat : c.repeats) {
    rates.push_back(repeat.images_per_second);
  }
  const Spread spread = spread_of(rates);
  const Repeat median = median_repeat(c.repeats, c.load.global);
  row.images_per_second = spread.median;
  row.least = spread.least;
  row.most = spread.most;
  row.parts = median.parts;
  row.by_rank = median.by_rank;
  row.phases = mean_phases(median.by_rank);
  row.profile = profile_in_phases(median.profile, row.phases, c.load);
  return row;
}

std::vector<ScalingRow> summarise_all(
    const ScalingOptions& options, const std::vector<Field>& fields) {
  std::vector<ScalingRow> rows;
  for (std::size_t s = 0; s < options.series.size(); ++s) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      rows.push_back(
          summarise(options.ranks[i], fields[i], fields[i].contenders[s]));
    }
  }
  return rows;
}

}  // namespace

std::vector<ScalingRow> measure_scaling(
    const ScalingOptions& options,
    const ScalingSubject& subject,
    const std::function<void(int done)>& say) {
  at::set_num_threads(training_threads(subject.config, subject.world));
  require_memory(options, subject);
  std::vector<Field> fields = assemble(options, subject);
  int done = 0;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    for (Field& field : fields) {
      for (Contender& c : field.contenders) {
        field.team->take_turn([&](const auto& alive) {
          const int warmup =
              untimed_steps(options, subject.config, c.series.data);
          c.repeats.push_back(
              field.rig->measure(*c.batches, warmup, options.steps, alive));
        });
        say(++done);
      }
    }
  }
  std::vector<ScalingRow> rows = summarise_all(options, fields);
  subject.world.control().barrier();
  compare_rows(rows);
  return rows;
}

std::vector<const ScalingRow*> rows_of(
    const std::vector<ScalingRow>& rows, const ScalingSeries& series) {
  std::vector<const ScalingRow*> some;
  for (const ScalingRow& row : rows) {
    if (row.series == series) {
      some.push_back(&row);
    }
  }
  std::stable_sort(some.begin(), some.end(), [](const auto* a, const auto* b) {
    return a->ranks < b->ranks;
  });
  return some;
}

const ScalingRow& row_of_fewest(
    const std::vector<ScalingRow>& rows, const ScalingSeries& series) {
  return *rows_of(rows, series).front();
}

void compare_rows(std::vector<ScalingRow>& rows) {
  for (ScalingRow& row : rows) {
    const ScalingRow& fewest = row_of_fewest(rows, row.series);
    const double one = fewest.images_per_second / fewest.ranks;
    row.speedup = one > 0 ? row.images_per_second / one : 0;
    row.efficiency = row.speedup / row.ranks;
    row.lost = lost_parts(
        fewest.parts,
        row.load.share(row.ranks) / fewest.load.share(fewest.ranks),
        row.parts);
  }
}

}  // namespace convoy
