// convoy train: the main job.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "data/store/atomic_file.h"
#include "distributed/mpi/session.h"
#include "distributed/replicate.h"
#include "distributed/world.h"
#include "trainer/checkpoint/run_lock.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/commands/start.h"
#include "trainer/config/read.h"
#include "trainer/config/validate.h"
#include "trainer/config/write.h"
#include "trainer/health/agree.h"
#include "trainer/loop/kernel_choice.h"
#include "trainer/loop/run_data.h"
#include "trainer/loop/trainer.h"
#include "trainer/report/log.h"
#include "trainer/report/passport.h"
#include "trainer/report/settings.h"
#include "trainer/report/terminal.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

struct TrainArguments {
  std::string config;
  std::vector<std::string> overrides;
  ResumeChoice resume;
  bool dry_run = false;
  bool print_config = false;
  bool reference = false;
};

bool parse(const std::vector<std::string>& words, TrainArguments& a) {
  CommandLine line(
      "train CONFIG [options]",
      "Trains the network that CONFIG describes. Several ranks: mpirun -np N "
      "convoy train CONFIG.\nThe run folder (run.dir) receives config.yaml, "
      "log.txt, metrics.jsonl, summary.csv,\npassport.json and checkpoints/. "
      "USR1, TERM and INT make all ranks save and leave (exit\ncode 75); the "
      "same command goes on from there.");
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
  return true;
}

Config read_and_check(const TrainArguments& a) {
  const Config config = load_config(a.config, a.overrides);
  if (!a.print_config) {
    const auto problems = validate(config);
    if (!problems.empty()) {
      throw ConfigError(fmt::format(
          "{}: {}", a.config, fmt::join(problems, "\n" + a.config + ": ")));
    }
  }
  return config;
}

/// Rules that need ranks and data, and what must be equal on all ranks.
void check_on_ranks(const Config& config, const RunData& data, World& world) {
  agreed(world.control(), world.host(), [&] {
    const auto problems = validate(
        config, Surroundings{world.size(), world.device(), data.train.size()});
    if (!problems.empty()) {
      throw ConfigError(fmt::format("{}", fmt::join(problems, "\n")));
    }
  });
  require_agreement(
      {{"the training data", data.train.content, "Copy data.train again."},
       {"the validation data", data.val.content, "Copy data.val again."}},
      world.control(),
      world.hosts());
}

/// What must be equal before ranks do anything together that depends on it.
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
      const auto step =
          facts_of_checkpoint(*start.checkpoint, start.source).state.step;
      if (const int moved = store.set_aside_after(step); moved > 0) {
        log.line(fmt::format(
            "{} checkpoints of later steps than {} were moved aside into "
            "{}/previous-*",
            moved,
            step,
            config.run.dir));
      }
    }
  });
}

/// Trains, with the run folder locked.
ExitCode train(
    const TrainArguments& a, const Config& config, World& world, Log& log) {
  std::unique_ptr<RunLock> lock;
  agreed(world.control(), world.host(), [&] {
    if (world.rank() == 0) {
      lock = std::make_unique<RunLock>(config.run.dir);
    }
  });
  const RunData data = open_run_data(config, world.control(), log);
  check_on_ranks(config, data, world);
  StartingPoint start = find_start(a.resume, config, data, world, log);
  const std::filesystem::path dir(config.run.dir);
  if (!a.dry_run) {
    clear_the_way(a, config, start, world, log);
    log.open_file(dir / "log.txt");
  }
  Trainer trainer(config, data, world, log, start);
  start.release_tensors();
  log.line(
      "settings:\n" +
      format_settings(resolved_settings(config, data, world, trainer)));
  if (start.checkpoint) {
    log.line(describe_resumption(start, trainer, world));
  }
  if (a.dry_run) {
    log.line("dry run: everything up to the first step is in order");
    return ExitCode::done;
  }
  const bool over = trainer.state().step == trainer.length().total_steps;
  const std::string done = over && finished_before(dir) ? "done" : "";
  if (world.control().broadcast(done, 0) == "done") {
    log.line(closing_line(trainer, config, /*stopped=*/false));
    return ExitCode::done;
  }
  const Passport passport(config, data, world, trainer);
  agreed(world.control(), world.host(), [&] {
    if (world.rank() == 0) {
      write_atomically(dir / "config.yaml", to_yaml(config));
      passport.write("running", trainer);
    }
  });
  const ExitCode code = trainer.run();
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
  Config config;
  agreed(control, host_name(), [&] {
    parse(invocation.arguments, a);
    if (!a.reference) {
      config = read_and_check(a);
    }
  });
  if (a.reference || a.print_config) {
    if (control.rank() == 0) {
      fmt::print(
          "{}", a.reference ? configuration_reference() : to_yaml(config));
    }
    return ExitCode::done;
  }
  require_same_start(config, control);
  Log log(control.rank() == 0, terminal_columns());
  if (config.run.deterministic) {
    use_deterministic_kernels();
  }
  World world(
      session,
      {.backend = config.distributed.backend,
       .device = config.run.device,
       .affinity = config.distributed.affinity,
       .timeout_s = config.distributed.timeout_s});
  return train(a, config, world, log);
}

}  // namespace convoy
