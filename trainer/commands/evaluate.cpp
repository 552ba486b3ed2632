// convoy evaluate: a checkpoint measured on a database, exactly, on any number
// of ranks.

#include <fmt/format.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "data/errors.h"
#include "distributed/mpi/session.h"
#include "trainer/checkpoint/restored.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/config/read.h"
#include "trainer/config/validate.h"
#include "trainer/errors.h"
#include "trainer/health/agree.h"
#include "trainer/loop/evaluator.h"
#include "trainer/loop/kernel_choice.h"
#include "trainer/loop/run_data.h"
#include "trainer/loop/trainer.h"
#include "trainer/report/json_line.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/terminal.h"

namespace convoy {
namespace {

struct EvaluateArguments {
  std::string config;
  std::string checkpoint;
  std::string data;
  std::vector<std::string> overrides;
  bool json = false;
};

bool parse(const std::vector<std::string>& words, EvaluateArguments& a) {
  CommandLine line(
      "evaluate (CONFIG | --checkpoint PATH) [options]",
      "Measures a checkpoint: every sample once, the same figures on any "
      "number "
      "of ranks.\nWith CONFIG, the best checkpoint of its run folder on its "
      "data.val. Pictures are\nprepared as the checkpoint's own config says; "
      "--set eval.KEY=VALUE tries otherwise.");
  line.positional("CONFIG", &a.config, false)
      .value("checkpoint", &a.checkpoint, "a checkpoint file")
      .value("data", &a.data, "LMDB folder; else the config's data.val")
      .values(
          "set",
          &a.overrides,
          "section.key=value; without CONFIG eval.key=value, or run.device=cpu "
          "where a GPU is not to be used (repeatable)")
      .flag("json", &a.json, "one JSON object on stdout");
  if (!line.parse(words)) {
    return false;
  }
  if (a.config.empty() == a.checkpoint.empty()) {
    throw UsageError(
        "want either CONFIG or --checkpoint PATH: convoy evaluate (CONFIG | "
        "--checkpoint PATH)");
  }
  for (const std::string& text : a.overrides) {
    if (a.config.empty() && !text.starts_with("eval.") &&
        !text.starts_with("run.device=")) {
      throw UsageError(fmt::format(
          "--set {}: with --checkpoint only eval.KEY=VALUE and "
          "run.device=VALUE can be set; the rest is the checkpoint's",
          text));
    }
  }
  return true;
}

/// What --set says about the preparation of pictures. Throws ConfigError.
void override_eval(const EvaluateArguments& a, Config& checkpoints) {
  LoadedConfig loaded{.config = checkpoints, .origins = Origins(a.checkpoint)};
  apply_overrides(a.overrides, loaded);
  require_sound(loaded, validate(loaded.config.eval));
  checkpoints.eval = loaded.config.eval;
}

/// Fills in what CONFIG says: which data, on what. Which checkpoint only
/// `find_best` says: another rank's host may not have it.
void consult_config(
    EvaluateArguments& a, WorldOptions& options, bool find_best) {
  if (a.config.empty()) {
    options.device = device_choice(a.overrides);
    return;
  }
  const LoadedConfig loaded = load_config(a.config, a.overrides);
  require_sound(loaded);
  const Config& config = loaded.config;
  if (find_best) {
    a.checkpoint = best_checkpoint(config.run.dir).string();
  }
  a.data = a.data.empty() ? config.data.val : a.data;
  options.backend = config.distributed.backend;
  options.device = config.run.device;
  options.timeout_s = config.distributed.timeout_s;
  options.affinity = config.distributed.affinity;
}

void refuse_other_classes(const Restored& restored, const DataSource& source) {
  const auto& theirs = source.facts.class_names;
  const auto& ours = restored.facts.class_names;
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    if (i >= ours.size() || theirs[i] != ours[i]) {
      throw BadData(fmt::format(
          "class {} is \"{}\" in {} and {} in the checkpoint: figures would be "
          "meaningless. Import the data with the checkpoint's classes",
          i,
          theirs[i],
          source.dataset->database().path(),
          i < ours.size() ? "\"" + ours[i] + "\"" : "not there"));
    }
  }
  if (!source.facts.label_counts.empty() &&
      source.facts.label_counts.rbegin()->first >=
          static_cast<int>(ours.size())) {
    throw BadData(fmt::format(
        "{} has the label {}, and the checkpoint knows {} classes",
        source.dataset->database().path(),
        source.facts.label_counts.rbegin()->first,
        ours.size()));
  }
}

void print(const Evaluation& result, const EvaluateArguments& a) {
  const Sums& s = result.sums;
  if (a.json) {
    fmt::print(
        "{}\n",
        json_line(
            {{"checkpoint", a.checkpoint},
             {"data", a.data},
             {"samples", static_cast<std::int64_t>(s.samples)},
             {"top1_hits", static_cast<std::int64_t>(s.top1)},
             {"top5_hits", static_cast<std::int64_t>(s.top5)},
             {"top1", s.accuracy1()},
             {"top5", s.accuracy5()},
             {"loss", s.mean_loss()},
             {"loss_bits",
              fmt::format(
                  "{:016x}", std::bit_cast<std::uint64_t>(s.mean_loss()))}}));
    return;
  }
  fmt::print(
      "Acc@1 {:.3f} Acc@5 {:.3f} loss {:.6f} ({} samples: {} top-1 hits, {} "
      "top-5 hits)\n",
      s.accuracy1(),
      s.accuracy5(),
      s.mean_loss(),
      s.samples,
      s.top1,
      s.top5);
}

Evaluation run(
    EvaluateArguments& a, const TensorFile& file, World& world, Log& log) {
  Restored restored;
  agreed(world.control(), world.host(), [&] {
    restored = restore(file, a.checkpoint, world.device());
    override_eval(a, restored.config);
  });
  Config& config = restored.config;
  if (config.run.deterministic) {
    use_deterministic_kernels();
  }
  const DataSource source = open_source(
      a.data.empty() ? config.data.val : a.data,
      config.data,
      world.control(),
      log);
  a.data = source.dataset->database().path();
  agreed(world.control(), world.host(), [&] {
    refuse_other_classes(restored, source);
  });
  const auto px = static_cast<std::int64_t>(config.eval.crop_px);
  Progress progress(
      log, "evaluating", (source.size() + world.size() - 1) / world.size());
  return evaluate(
      *restored.model,
      resolve_precision(config.precision, world.device()),
      {*source.dataset,
       evaluation_transform(
           config.eval, config.normalize.style, restored.normalization),
       {config.data.channels, px, px},
       config.eval.block,
       static_cast<int>(world.cpus().size()),
       compute_threads(world),
       config.data.on_bad_sample == OnBadSample::skip ? BadSamples::blank
                                                      : BadSamples::stop},
      world,
      [&](std::int64_t done) { progress.update(done); });
}

}  // namespace

ExitCode run_evaluate(Invocation& invocation) {
  EvaluateArguments a;
  if (invocation.session == nullptr) {
    parse(invocation.arguments, a);  // --help
    return ExitCode::done;
  }
  MpiSession& session = *invocation.session;
  Control& control = session.control();
  WorldOptions options;
  std::optional<TensorFile> file;
  agreed(control, host_name(), [&] {
    parse(invocation.arguments, a);
    consult_config(a, options, control.rank() == 0);
    if (control.rank() == 0) {
      file = read_tensor_file(a.checkpoint);
      // Whether it is a checkpoint at all, before MPI carries it around.
      facts_of_checkpoint(*file, a.checkpoint);
    }
  });
  a.checkpoint = control.broadcast(a.checkpoint, 0);
  a.data = control.broadcast(a.data, 0);
  Log log(control.rank() == 0, terminal_columns());
  World world(session, options);
  const Evaluation result = run(a, broadcast_file(file, world), world, log);
  if (control.rank() == 0) {
    for (const std::string& reason : result.bad) {
      log.warn("left out of the evaluation: " + reason);
    }
    log.line(fmt::format("checkpoint {}, data {}", a.checkpoint, a.data));
    print(result, a);
  }
  return ExitCode::done;
}

}  // namespace convoy
