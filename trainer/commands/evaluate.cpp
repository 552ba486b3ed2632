// convoy evaluate: a checkpoint measured on a database, exactly, on any number
// of ranks.

#include <fmt/format.h>

#include <exception>
#include <optional>

#include "data/errors.h"
#include "data/store/new_folder.h"
#include "distributed/heartbeat.h"
#include "distributed/mpi/session.h"
#include "trainer/checkpoint/restored.h"
#include "trainer/commands/command.h"
#include "trainer/commands/evaluated_classes.h"
#include "trainer/commands/evaluation_output.h"
#include "trainer/commands/net_option.h"
#include "trainer/config/read.h"
#include "trainer/config/validate.h"
#include "trainer/evaluation/report_folder.h"
#include "trainer/health/agree.h"
#include "trainer/loop/evaluator.h"
#include "trainer/loop/kernel_choice.h"
#include "trainer/loop/run_data.h"
#include "trainer/loop/threads.h"
#include "trainer/loop/trainer.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/terminal.h"

namespace convoy {
namespace {

/// What --set says about the preparation of pictures. Throws ConfigError.
void override_eval(const EvaluateArguments& a, Config& checkpoints) {
  LoadedConfig loaded{.config = checkpoints, .origins = Origins(a.checkpoint)};
  apply_overrides(a.overrides, loaded);
  require_sound(loaded, validate_input(loaded.config));
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

/// Where the crops of ten_crop can only lie side by side.
std::string doubt_about_crops(Tta tta, const EvalOptions& options) {
  return tta == Tta::ten_crop && options.resize_px == options.crop_px
             ? fmt::format(
                   "--tta ten_crop: pictures are resized to {0} px and crops "
                   "are {0} px, so they differ along the longer side alone; "
                   "--set eval.resize_px={1} leaves room",
                   options.crop_px,
                   options.crop_px * 8 / 7)
             : "";
}

/// What an evaluation needs, on every rank.
struct Subject {
  Restored restored;
  DataSource source;
  EvaluationPlan plan;  ///< of rank 0
};

/// Collective. Throws AgreedFailure for all that can be known before the
/// network is asked.
Subject prepare(
    EvaluateArguments& a, const TensorFile& file, World& world, Log& log) {
  Subject subject;
  Restored& restored = subject.restored;
  agreed(world.control(), world.host(), [&] {
    restored = restore(file, a.checkpoint, world.device());
    override_eval(a, restored.config);
  });
  const Config& config = restored.config;
  if (config.run.deterministic) {
    use_deterministic_kernels();
  }
  subject.source = open_source(
      a.data.empty() ? config.data.val : a.data,
      config.data,
      world.control(),
      log);
  const Database& database = subject.source.dataset->database();
  a.data = database.path();
  name_classes_as(subject.source, restored, log);
  agreed(world.control(), world.host(), [&] {
    refuse_other_classes(a.class_names, restored, subject.source);
    if (world.rank() == 0) {
      subject.plan = plan_evaluation(a, restored.facts.class_names);
      if (subject.plan.wishes.group_by) {
        require_some_match(*subject.plan.wishes.group_by, database);
      }
    }
  });
  const std::string doubt = doubt_about_crops(a.tta, config.eval);
  if (!doubt.empty()) {
    log.warn(doubt);
  }
  return subject;
}

Evaluation measure_checkpoint(
    const EvaluateArguments& a,
    const Subject& subject,
    World& world,
    Log& log) {
  const Config& config = subject.restored.config;
  const auto px = static_cast<std::int64_t>(config.eval.crop_px);
  Progress progress(
      log,
      "evaluating",
      (subject.source.size() + world.size() - 1) / world.size());
  return evaluate(
      *subject.restored.model,
      resolve_precision(config.precision, world.device()),
      {.dataset = *subject.source.dataset,
       .make_transform = views_transform(
           a.tta,
           config.eval,
           config.normalize.style,
           subject.restored.normalization),
       .shape = {config.data.channels, px, px},
       .block = config.eval.block,
       .workers = static_cast<int>(world.cpus().size()),
       .threads = compute_threads(world),
       .bad_samples = config.data.on_bad_sample == OnBadSample::skip
                          ? BadSamples::blank
                          : BadSamples::stop,
       .views = views_of(a.tta),
       .keep = a.needs_scores() ? Keep::scores : Keep::samples},
      world,
      [&](std::int64_t done) { progress.update(done); });
}

/// Rank 0 works out and writes what there is to be seen, however long that
/// lasts. Collective. Throws AgreedFailure.
EvaluationOutput conclude(
    const EvaluationResult& result, NewFolder* folder, World& world) {
  EvaluationOutput output;
  std::exception_ptr error;
  if (world.rank() == 0) {
    Heartbeat heartbeat(world.control());
    try {
      make_output(
          result, [&] { heartbeat.alive(); }, output);
      if (folder != nullptr) {
        folder->publish();
      }
    } catch (...) {
      error = std::current_exception();
      // What was measured is not lost with the report of it.
      fmt::print("{}", output.text);
    }
    heartbeat.end();
  } else {
    await_heartbeat_end(world.control());
  }
  agreed(world.control(), world.host(), [&] {
    if (error) {
      std::rethrow_exception(error);
    }
  });
  return output;
}

void tell(
    const EvaluationOutput& output,
    const EvaluationSubject& subject,
    const NewFolder* folder,
    Log& log) {
  for (const std::string& reason : subject.left_out) {
    log.warn("left out of the evaluation: " + reason);
  }
  if (!output.doubts.empty()) {
    log.warn(output.doubts);
  }
  log.line(
      fmt::format("checkpoint {}, data {}", subject.checkpoint, subject.data));
  if (folder != nullptr) {
    log.line("report in " + folder->target());
  }
  fmt::print("{}", output.text);
}

}  // namespace

ExitCode run_evaluate(Invocation& invocation) {
  EvaluateArguments a;
  if (invocation.session == nullptr) {
    parse_evaluate(invocation.arguments, a);  // --help
    return ExitCode::done;
  }
  MpiSession& session = *invocation.session;
  Control& control = session.control();
  WorldOptions options;
  std::optional<TensorFile> file;
  std::optional<NewFolder> folder;
  agreed(control, host_name(), [&] {
    parse_evaluate(invocation.arguments, a);
    consult_config(a, options, control.rank() == 0);
    if (control.rank() == 0) {
      file = read_checkpoint(
          a.checkpoint, weights_use(a.net, a.class_names, a.overrides));
      if (!a.report.empty()) {
        folder.emplace(a.report, a.overwrite, kReportMarker);
      }
    }
  });
  a.checkpoint = control.broadcast(a.checkpoint, 0);
  a.data = control.broadcast(a.data, 0);
  Log log(control.rank() == 0, terminal_columns());
  World world(session, options);
  const Subject subject = prepare(a, broadcast_file(file, world), world, log);
  const Evaluation evaluation = measure_checkpoint(a, subject, world, log);
  const EvaluationSubject described{
      a.checkpoint,
      a.data,
      a.tta,
      a.class_map,
      subject.plan.ng,
      evaluation.bad};
  NewFolder* report = folder ? &*folder : nullptr;
  const EvaluationOutput output = conclude(
      {a, subject.plan, described, evaluation, *subject.source.dataset, report},
      report,
      world);
  if (control.rank() == 0) {
    tell(output, described, report, log);
  }
  return ExitCode::done;
}

}  // namespace convoy
