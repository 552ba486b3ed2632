// convoy train: the main job.

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <optional>

#include "data/store/atomic_file.h"
#include "distributed/mpi/session.h"
#include "distributed/world.h"
#include "trainer/checkpoint/run_lock.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/commands/lr_range.h"
#include "trainer/commands/preflight.h"
#include "trainer/commands/start.h"
#include "trainer/config/read.h"
#include "trainer/config/validate.h"
#include "trainer/config/write.h"
#include "trainer/health/agree.h"
#include "trainer/loop/trainer.h"
#include "trainer/report/doubts.h"
#include "trainer/report/log.h"
#include "trainer/report/passport.h"
#include "trainer/report/settings.h"
#include "trainer/report/terminal.h"

namespace convoy {
namespace {

struct TrainArguments {
  std::string config;
  std::vector<std::string> overrides;
  ResumeChoice resume;
  std::optional<std::array<double, 2>> lr_range;
  int lr_range_steps = LrRangeOptions{}.steps;
  bool dry_run = false;
  bool print_config = false;
  bool reference = false;
};

bool parse(const std::vector<std::string>& words, TrainArguments& a) {
  CommandLine line(
      "train CONFIG [options]",
      "Trains the network that CONFIG describes. Several ranks: mpirun -np N "
      "convoy train CONFIG.\nThe run folder (run.dir) receives config.yaml, "
      "log.txt, metrics.jsonl, summary.csv,\npassport.json, a file for "
      "TensorBoard and checkpoints/. USR1 makes all ranks save and\nleave "
      "(exit code 75); so do Ctrl-C and TERM under launch/local.sh. A bare "
      "mpirun "
      "ends\nits ranks unsaved. The same command goes on from there.");
  line.positional("CONFIG", &a.config, false)
      .values(
          "set",
          &a.overrides,
          "section.key=value; replaces the config's value (repeatable)")
      .value(
          "resume",
          &a.resume.what,
          "auto: go on from the newest whole checkpoint of the run folder; "
          "never: start afresh, earlier results are moved aside; or the path "
          "of a checkpoint")
      .flag(
          "force-resume",
          &a.resume.force,
          "resume though config or data differ; what is ignored is listed")
      .flag(
          "dry-run",
          &a.dry_run,
          "check everything up to the first step, then stop")
      .range(
          "lr-range",
          &a.lr_range,
          {LrRangeOptions{}.from, LrRangeOptions{}.to},
          "no run, but a short test: the learning rate rises from FROM to TO "
          "until the loss leaves; prints which peak rate to take and "
          "writes lr_range.csv and lr_range.svg",
          above(0))
      .value("lr-range-steps", &a.lr_range_steps, "its steps", at_least(3))
      .flag(
          "print-config",
          &a.print_config,
          "the whole config, defaults included, as YAML on stdout")
      .flag(
          "reference",
          &a.reference,
          "all keys with their meaning, as Markdown on stdout");
  if (!line.parse(words)) {
    return false;
  }
  if (a.config.empty() && !a.reference) {
    throw UsageError(
        "CONFIG is missing: want \"convoy train CONFIG [options]\"");
  }
  if (a.lr_range && (a.dry_run || a.resume.force || a.resume.what != "auto")) {
    throw UsageError(
        "--lr-range begins and ends on its own: leave --dry-run, --resume and "
        "--force-resume out");
  }
  if (!a.lr_range && a.lr_range_steps != LrRangeOptions{}.steps) {
    throw UsageError("--lr-range-steps wants --lr-range beside it");
  }
  return true;
}

LoadedConfig read_and_check(const TrainArguments& a, int world_size) {
  LoadedConfig loaded = load_config(a.config, a.overrides);
  a.print_config
      ? require_sound(loaded)
      : require_sound(loaded, validate(loaded.config, world_size, find_gpus()));
  return loaded;
}

/// What another run left in the folder, and this one would mix with its own, is
/// moved aside; only when all is known to be in order.
void clear_the_way(
    const TrainArguments& a,
    const Config& config,
    const StartingPoint& start,
    World& world,
    Log& log) {
  agreed(world.control(), world.host(), [&] {
    if (world.rank() != 0) {
      return;
    }
    CheckpointStore store(config.run.dir, config.run.keep);
    if (a.resume.what == "never") {
      store.set_aside();
    } else if (start.checkpoint && a.resume.what != "auto") {
      const TrainState state =
          facts_of_checkpoint(*start.checkpoint, start.source).state;
      const auto step = state.step;
      const auto moved = store.set_aside_after(step);
      store.set_best_aside_after(step, state.best_step, moved.home);
      if (moved.count > 0) {
        log.line(fmt::format(
            "{} of later steps than {} moved aside into {}",
            moved.count == 1 ? "1 checkpoint"
                             : fmt::format("{} checkpoints", moved.count),
            step,
            moved.home.string()));
      }
    }
  });
}

/// Runs the trainer. What ends it on rank 0, or on all ranks
/// alike, stays in the run folder too.
ExitCode run_noting_failure(
    Trainer& trainer, const Passport& passport, Log& log) {
  try {
    return trainer.run();
  } catch (...) {
    const Failure failure = describe(std::current_exception());
    log.note("convoy: " + failure.message);
    try {
      passport.write("failed", trainer, failure.message);
    } catch (...) {
      log.warn(describe(std::current_exception()).message);
    }
    throw;
  }
}

/// Trains, with the run folder locked.
ExitCode train(
    const TrainArguments& a,
    const LoadedConfig& loaded,
    World& world,
    Log& log) {
  const Config& config = loaded.config;
  std::unique_ptr<RunLock> lock;
  agreed(world.control(), world.host(), [&] {
    if (world.rank() == 0) {
      lock = std::make_unique<RunLock>(config.run.dir);
    }
  });
  const RunData data = open_checked_data(loaded, world, log);
  StartingPoint start = find_start(a.resume, config, data, world, log);
  const std::filesystem::path dir(config.run.dir);
  Trainer trainer(config, data, world, log, start);
  if (!a.dry_run) {  // nothing is refused from here on
    clear_the_way(a, config, start, world, log);
    log.open_file(dir / "log.txt");
  }
  start.release_tensors();
  log.line(
      "settings:\n" +
      format_settings(resolved_settings(config, data, world, trainer)));
  const std::string done =
      trainer.is_over() && finished_before(dir) ? "done" : "";
  if (world.control().broadcast(done, 0) == "done" && !a.dry_run) {
    log.line(
        "nothing is left to do here. Another run.dir, or --resume never, which "
        "moves what is here aside, starts afresh");
    log.line(closing_line(trainer, config, /*stopped=*/false));
    return ExitCode::done;
  }
  if (start.checkpoint) {
    log.line(describe_resumption(start, trainer, world));
  }
  for (const std::string& doubt : doubts_about(config, data, trainer)) {
    log.warn(doubt);
  }
  if (a.dry_run) {
    log.line("dry run: everything up to the first step is in order");
    return ExitCode::done;
  }
  const Passport passport(config, data, world, trainer);
  agreed(world.control(), world.host(), [&] {
    if (world.rank() == 0) {
      write_atomically(dir / "config.yaml", to_yaml(config));
      passport.write("running", trainer);
    }
  });
  const ExitCode code = run_noting_failure(trainer, passport, log);
  const bool stopped = code == ExitCode::saved_to_requeue;
  agreed(world.control(), world.host(), [&] {
    passport.write(stopped ? "stopped" : "finished", trainer);
  });
  log.line(closing_line(trainer, config, stopped));
  return code;
}

}  // namespace

ExitCode run_train(Invocation& invocation) {
  TrainArguments a;
  if (invocation.session == nullptr) {
    parse(invocation.arguments, a);  // --help
    return ExitCode::done;
  }
  MpiSession& session = *invocation.session;
  Control& control = session.control();
  LoadedConfig loaded;
  agreed(control, host_name(), [&] {
    parse(invocation.arguments, a);
    if (!a.reference) {
      loaded = read_and_check(a, control.size());
    }
  });
  const Config& config = loaded.config;
  if (a.reference || a.print_config) {
    if (control.rank() == 0) {
      fmt::print(
          "{}", a.reference ? configuration_reference() : to_yaml(config));
    }
    return ExitCode::done;
  }
  require_same_start(config, control);
  const auto log =
      std::make_shared<Log>(control.rank() == 0, terminal_columns());
  invocation.on_lost_peer = [log](const std::string& s) { log->note(s); };
  World world = make_world(session, config, *log);
  if (a.lr_range) {
    const auto [from, to] = *a.lr_range;
    return test_lr_range({from, to, a.lr_range_steps}, loaded, world, *log);
  }
  return train(a, loaded, world, *log);
}

}  // namespace convoy
