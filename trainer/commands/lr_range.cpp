#include "trainer/commands/lr_range.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "data/store/atomic_file.h"
#include "distributed/replicate.h"
#include "trainer/checkpoint/run_lock.h"
#include "trainer/commands/preflight.h"
#include "trainer/commands/start.h"
#include "trainer/health/agree.h"
#include "trainer/report/lr_range_report.h"
#include "trainer/report/progress.h"

namespace convoy {
namespace {

LrRangeReport test_and_report(
    const LrRangeOptions& options, const LrRangeSubject& subject) {
  const Config& config = subject.config;
  const World& world = subject.world;
  const std::int64_t global =
      batch_sizes(config.batch, sharing_ranks(config, world.size())).global;
  subject.log.line(fmt::format(
      "range test: {} steps, the learning rate rises from {:g} to {:g}; no "
      "checkpoint is saved",
      options.steps,
      options.from,
      options.to));
  Progress progress(subject.log, "range test", options.steps);
  LrRangeReport report{
      .title = fmt::format(
          "{}, {}, global batch {}",
          config.net.name,
          names(
              OptimizerName{})[static_cast<std::size_t>(config.optimizer.name)],
          global),
      .steps = options.steps,
      .global_batch = global,
      .optimizer = config.optimizer,
      .range = measure_lr_range(
          options, subject, [&](int done) { progress.update(done); }),
      .suggestion = {}};
  if (!report.range.stopped) {
    report.suggestion = suggest_lr(report.range.points, report.range.left);
  }
  return report;
}

}  // namespace

ExitCode test_lr_range(
    const LrRangeOptions& options,
    const LoadedConfig& loaded,
    World& world,
    Log& log) {
  const Config& config = loaded.config;
  require_agreement(
      {{"what is tested",
        fmt::format(
            "--lr-range {},{} --lr-range-steps {}",
            options.from,
            options.to,
            options.steps),
        "Give every rank the same options."}},
      world.control(),
      world.hosts());
  std::unique_ptr<RunLock> lock;
  agreed(world.control(), world.host(), [&] {
    if (world.rank() == 0) {
      lock = std::make_unique<RunLock>(config.run.dir);
    }
  });
  const RunData data = open_checked_data(loaded, world, log);
  const StartingPoint start =
      find_start({.what = "never", .force = false}, config, data, world, log);
  const LrRangeReport report =
      test_and_report(options, {config, data, world, log, start});
  agreed(world.control(), world.host(), [&] {
    if (world.rank() != 0) {
      return;
    }
    const auto& points = report.range.points;
    fmt::print("{}{}", lr_range_table(points), lr_range_advice(report));
    const std::filesystem::path dir(config.run.dir);
    write_atomically(dir / "lr_range.csv", lr_range_csv(points));
    write_atomically(dir / "lr_range.svg", lr_range_svg(report));
    log.line("saved in " + (dir / "lr_range.{csv,svg}").string());
  });
  return report.range.stopped ? ExitCode::saved_to_requeue : ExitCode::done;
}

}  // namespace convoy
