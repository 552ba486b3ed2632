// convoy scaling: speedup and efficiency of a config on this machine or
// cluster.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <sstream>

#include "data/store/atomic_file.h"
#include "distributed/mpi/session.h"
#include "distributed/replicate.h"
#include "trainer/checkpoint/run_lock.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/commands/preflight.h"
#include "trainer/config/batch_sizes.h"
#include "trainer/config/read.h"
#include "trainer/config/validate.h"
#include "trainer/health/agree.h"
#include "trainer/loop/scaling.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/scaling_report.h"
#include "trainer/report/settings.h"
#include "trainer/report/terminal.h"

namespace convoy {
namespace {

struct ScalingArguments {
  std::string config;
  std::vector<std::string> overrides;
  std::string ranks;
  std::string out;
  bool json = false;
  ScalingOptions options;
  std::string predict;
  std::string link;
  std::string inside;
  int ranks_per_host = 1;
};

/// "1,2,4" as numbers, each at most `most`; `complaint` says what else is
/// wrong with one that is not.
std::vector<int> parse_ranks(
    const char* option,
    const std::string& text,
    int most,
    const char* complaint) {
  std::vector<int> ranks;
  std::istringstream words(text);
  std::string word;
  while (std::getline(words, word, ',')) {
    const int n = word.find_first_not_of("0123456789") == std::string::npos &&
                          !word.empty() && word.size() < 7
                      ? std::stoi(word)
                      : 0;
    if (n < 1 || n > most) {
      throw UsageError(fmt::format(
          "--{} {}: \"{}\" is not a number of ranks from 1 to {}{}",
          option,
          text,
          word,
          most,
          complaint));
    }
    ranks.push_back(n);
  }
  return ranks;
}

Link link_option(const char* option, const std::string& text) {
  try {
    return parse_link(text);
  } catch (const std::invalid_argument& e) {
    throw UsageError(fmt::format("--{}: {}", option, e.what()));
  }
}

/// What --predict and its like ask for.
std::vector<Cluster> predicted_clusters(const ScalingArguments& a) {
  std::vector<Cluster> clusters;
  if (a.predict.empty()) {
    return clusters;
  }
  Cluster cluster{.ranks_per_host = a.ranks_per_host};
  cluster.between = link_option("link", a.link);
  if (a.ranks_per_host > 1) {
    cluster.inside = link_option("inside", a.inside);
  }
  for (const int ranks : parse_ranks("predict", a.predict, 1000000, "")) {
    cluster.ranks = ranks;
    clusters.push_back(cluster);
  }
  return clusters;
}

/// 1, 2, 4, ... up to the number of ranks, and that number.
std::string default_ranks(int size) {
  std::string text;
  for (int n = 1; n < size; n *= 2) {
    text += std::to_string(n) + ",";
  }
  return text + std::to_string(size);
}

bool parse(
    const std::vector<std::string>& words,
    int world_size,
    ScalingArguments& a) {
  CommandLine line(
      "scaling CONFIG [options]",
      "Measures images a second of CONFIG's training on several numbers of "
      "ranks inside one\njob (mpirun -np N convoy scaling CONFIG), and prints "
      "speedup and efficiency. Each rank's\nbatch stays the same. The result "
      "is kept in RUN_DIR/scaling.json, which run.baseline\nmay name: training "
      "then logs its live speedup against it.");
  line.positional("CONFIG", &a.config, true)
      .value("ranks", &a.ranks, "such as 1,2,4; else powers of two up to N")
      .value("steps", &a.options.steps, "timed steps of a repeat", at_least(1))
      .value("warmup", &a.options.warmup, "steps before them", at_least(0))
      .value(
          "repeats",
          &a.options.repeats,
          "interleaved repeats; medians are shown",
          at_least(1))
      .flag("synthetic", &a.options.synthetic, "without loading pictures")
      .values("set", &a.overrides, "section.key=value (repeatable)")
      .value("out", &a.out, "file for the result; else RUN_DIR/scaling.json")
      .value(
          "predict",
          &a.predict,
          "numbers of ranks, such as 8,64,512, to predict by --link")
      .value(
          "link",
          &a.link,
          "what a host of those is connected by: 10gbit, 25gbit:5us (latency)")
      .value(
          "ranks-per-host",
          &a.ranks_per_host,
          "of those; with --inside if more than 1",
          at_least(1))
      .value(
          "inside", &a.inside, "what connects ranks inside a host: 20gbyte:3us")
      .flag("json", &a.json, "the result on stdout as JSON");
  if (!line.parse(words)) {
    return false;
  }
  a.options.ranks = parse_ranks(
      "ranks",
      a.ranks.empty() ? default_ranks(world_size) : a.ranks,
      world_size,
      ", the number that mpirun started. Start more with mpirun -np");
  predicted_clusters(a);  // refuses what is wrong before anything is measured
  return true;
}

std::string options_text(const ScalingOptions& o) {
  return fmt::format(
      "--ranks {} --steps {} --warmup {} --repeats {}{}",
      fmt::join(o.ranks, ","),
      o.steps,
      o.warmup,
      o.repeats,
      o.synthetic ? " --synthetic" : "");
}

/// Reads CONFIG. The baseline of its runs may be what is about to be measured.
LoadedConfig load_subject(const ScalingArguments& a, int world_size) {
  LoadedConfig loaded = load_config(a.config, a.overrides);
  loaded.config.run.baseline.clear();
  loaded.config.distributed.virtual_ranks = 0;  // a speed of its own
  require_sound(loaded, validate(loaded.config, world_size, find_gpus()));
  return loaded;
}

/// The file for the result, known before the measurement to be writable, and
/// what keeps it so.
struct Target {
  std::filesystem::path file;
  std::unique_ptr<RunLock> lock;
};

Target claim_target(const std::string& out, const std::string& run_dir) {
  if (out.empty()) {
    auto lock = std::make_unique<RunLock>(run_dir);
    return {std::filesystem::path(run_dir) / "scaling.json", std::move(lock)};
  }
  const std::filesystem::path file(out);
  std::error_code ignored;
  if (!file.has_filename() || std::filesystem::is_directory(file, ignored)) {
    throw UsageError(fmt::format(
        "--out {} is a folder; want a file such as scaling.json", out));
  }
  std::filesystem::create_directories(file.parent_path(), ignored);
  const std::filesystem::path probe = fmt::format("{}.probe-{}", out, getpid());
  write_atomically(probe, "");
  std::filesystem::remove(probe, ignored);
  return {file, nullptr};
}

/// From the step of the fewest ranks.
void predict(const ScalingArguments& a, ScalingReport& report) {
  const auto fewest = std::min_element(
      report.rows.begin(),
      report.rows.end(),
      [](const ScalingRow& x, const ScalingRow& y) {
        return x.ranks < y.ranks;
      });
  for (const Cluster& cluster : predicted_clusters(a)) {
    report.predictions.push_back(predict_step(fewest->profile, cluster));
  }
  report.predicted_for = fmt::format(
      "{} rank{} a host, hosts on {}{}, from the step of {} rank{} above",
      a.ranks_per_host,
      a.ranks_per_host == 1 ? "" : "s",
      a.link,
      a.ranks_per_host == 1 ? "" : ", ranks on " + a.inside,
      fewest->ranks,
      fewest->ranks == 1 ? "" : "s");
}

ScalingReport measure(
    const ScalingArguments& a,
    const Config& config,
    const ScalingSubject& subject,
    Log& log) {
  const auto repeats = static_cast<std::int64_t>(a.options.repeats);
  Progress progress(
      log,
      "measuring",
      repeats * static_cast<std::int64_t>(a.options.ranks.size()));
  const auto rows = measure_scaling(
      a.options, subject, [&](int done) { progress.update(done); });
  ScalingReport report{
      a.config,
      describe_ranks(subject.world),
      config.net.name,
      batch_sizes(config.batch, subject.world.size()).largest_share,
      a.options,
      rows,
      {},
      {}};
  predict(a, report);
  return report;
}

}  // namespace

ExitCode run_scaling(Invocation& invocation) {
  ScalingArguments a;
  if (invocation.session == nullptr) {
    parse(invocation.arguments, 1, a);  // --help
    return ExitCode::done;
  }
  MpiSession& session = *invocation.session;
  Control& control = session.control();
  LoadedConfig loaded;
  agreed(control, host_name(), [&] {
    parse(invocation.arguments, control.size(), a);
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
  Target target;
  agreed(control, host_name(), [&] {
    if (control.rank() == 0) {
      target = claim_target(a.out, config.run.dir);
    }
  });
  const RunData data = open_checked_data(loaded, world, log);
  const ScalingReport report =
      measure(a, config, {config, data, session, world}, log);
  agreed(control, host_name(), [&] {
    if (control.rank() != 0) {
      return;
    }
    fmt::print(
        "{}",
        a.json ? scaling_json(report)
               : scaling_table(report.rows) + prediction_table(report));
    write_atomically(target.file, scaling_json(report, 2));
    log.line("saved in " + target.file.string());
  });
  return ExitCode::done;
}

}  // namespace convoy
