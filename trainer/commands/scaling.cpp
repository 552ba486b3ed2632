// convoy scaling: speedup and efficiency of a config on this machine or
// cluster.

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "data/errors.h"
#include "distributed/mpi/session.h"
#include "distributed/replicate.h"
#include "trainer/commands/command.h"
#include "trainer/commands/preflight.h"
#include "trainer/commands/scaling_options.h"
#include "trainer/commands/scaling_output.h"
#include "trainer/config/batch_sizes.h"
#include "trainer/config/read.h"
#include "trainer/config/validate.h"
#include "trainer/health/agree.h"
#include "trainer/loop/scaling.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/settings.h"
#include "trainer/report/terminal.h"

namespace convoy {
namespace {

/// Every number of ranks, predicted ones too, gets a share of the global batch
/// that it can train on.
void require_shares(
    const LoadedConfig& loaded, const ScalingArguments& a, int world_size) {
  Config config = loaded.config;
  config.batch.global =
      static_cast<int>(batch_sizes(config.batch, world_size).global);
  config.batch.per_rank = 0;
  std::vector<int> sizes = a.options.ranks;
  for (const Cluster& cluster : a.predicted) {
    sizes.push_back(cluster.ranks);
  }
  for (const int ranks : sizes) {
    require_sound(loaded, validate(config, ranks, find_gpus()));
  }
}

/// Reads CONFIG. The baseline of its runs may be what is about to be measured.
LoadedConfig load_subject(const ScalingArguments& a, int world_size) {
  LoadedConfig loaded = load_config(a.config, a.overrides);
  loaded.config.run.baseline.clear();
  loaded.config.distributed.virtual_ranks = 0;  // a speed of its own
  require_sound(loaded, validate(loaded.config, world_size, find_gpus()));
  for (const ScalingSeries& series : a.options.series) {
    if (series.mode == ScalingMode::strong) {
      require_shares(loaded, a, world_size);
    }
  }
  return loaded;
}

double epochs_in_history(const ScalingArguments& a) {
  const auto path = std::filesystem::path(a.history) / "summary.csv";
  std::ifstream file(path);
  if (!file) {
    throw MissingInput(fmt::format(
        "--history {}: no {} there that can be read; want the run.dir of an "
        "earlier run",
        a.history,
        path.filename().string()));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return epochs_to_accuracy(text.str(), *a.to_accuracy, path.string());
}

/// `images` is left for when the data are open.
std::optional<TrainingPlan> plan_of(const ScalingArguments& a) {
  if (!a.epochs && !a.to_accuracy) {
    return std::nullopt;
  }
  TrainingPlan plan{.images = static_cast<std::int64_t>(a.images)};
  plan.price = a.price;
  plan.epochs = a.epochs ? *a.epochs : epochs_in_history(a);
  plan.why = a.epochs ? "as asked"
                      : fmt::format(
                            "to Acc@1 {:g} % in {}", *a.to_accuracy, a.history);
  return plan;
}

std::vector<Forecast> predictions_of(
    const ScalingArguments& a,
    const ScalingSubject& subject,
    const std::vector<ScalingRow>& rows) {
  std::vector<Forecast> all;
  for (const ScalingSeries& series : a.options.series) {
    for (const Cluster& cluster : a.predicted) {
      const StepLoad load = step_load(
          subject.config.batch,
          subject.world.size(),
          series.mode,
          cluster.ranks);
      all.push_back(forecast(
          row_of_fewest(rows, series),
          load,
          cluster.ranks,
          cluster_cost(cluster)));
    }
  }
  return all;
}

ScalingReport measure(
    const ScalingArguments& a, const ScalingSubject& subject, Log& log) {
  const auto repeats = static_cast<std::int64_t>(a.options.repeats);
  const std::size_t contenders =
      a.options.ranks.size() * a.options.series.size();
  Progress progress(
      log, "measuring", repeats * static_cast<std::int64_t>(contenders));
  ScalingReport report;
  report.config = a.config;
  report.ranks = describe_ranks(subject.world);
  report.net = subject.config.net.name;
  report.hosts = subject.world.hosts();
  report.options = a.options;
  report.rows = measure_scaling(
      a.options, subject, [&](int done) { progress.update(done); });
  report.predicted_for = a.predicted_for;
  report.predictions = predictions_of(a, subject, report.rows);
  return report;
}

}  // namespace

ExitCode run_scaling(Invocation& invocation) {
  if (invocation.session == nullptr) {
    parse_scaling(invocation.arguments, 1);  // --help
    return ExitCode::done;
  }
  MpiSession& session = *invocation.session;
  Control& control = session.control();
  ScalingArguments a;
  LoadedConfig loaded;
  agreed(control, host_name(), [&] {
    a = parse_scaling(invocation.arguments, control.size()).value();
    loaded = load_subject(a, control.size());
  });
  const Config& config = loaded.config;
  require_same_start(config, control);
  require_agreement(
      {{"what is measured",
        options_text(a.options),
        "Give every rank the same options."}},
      control,
      control.all_gather(host_name()));
  Log log(control.rank() == 0, terminal_columns());
  World world = make_world(session, config, log);
  std::optional<TrainingPlan> plan;
  ScalingOutput output;
  agreed(control, host_name(), [&] {
    if (control.rank() == 0) {
      plan = plan_of(a);
      output = claim_scaling_output(a.out, config.run.dir);
    }
  });
  const RunData data = open_checked_data(loaded, world, log);
  ScalingReport report = measure(a, {config, data, session, world}, log);
  agreed(control, host_name(), [&] {
    if (control.rank() != 0) {
      return;
    }
    if (plan && plan->images == 0) {
      plan->images = data.train.size();
    }
    report.plan = plan;
    fmt::print("{}", a.json ? scaling_json(report) : scaling_text(report));
    log.line(write_scaling_output(output, report));
  });
  return ExitCode::done;
}

}  // namespace convoy
