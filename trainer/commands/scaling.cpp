// convoy scaling: speedup and efficiency of a config on this machine or
// cluster.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "data/store/atomic_file.h"
#include "distributed/mpi/session.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/config/batch_sizes.h"
#include "trainer/config/read.h"
#include "trainer/config/validate.h"
#include "trainer/health/agree.h"
#include "trainer/loop/kernel_choice.h"
#include "trainer/loop/scaling.h"
#include "trainer/report/json_line.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/settings.h"
#include "trainer/report/terminal.h"
#include "trainer/report/version.h"

namespace convoy {
namespace {

struct ScalingArguments {
  std::string config;
  std::vector<std::string> overrides;
  std::string ranks;
  std::string out;
  bool json = false;
  ScalingOptions options;
};

/// "1,2,4" as numbers, each at most `most`.
std::vector<int> parse_ranks(const std::string& text, int most) {
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
          "--ranks {}: \"{}\" is not a number of ranks from 1 to {}, the "
          "number "
          "that mpirun started. Start more with mpirun -np",
          text,
          word,
          most));
    }
    ranks.push_back(n);
  }
  return ranks;
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
      "is "
      "kept in RUN_DIR/scaling.json, which run.baseline\nmay name: training "
      "then "
      "logs its live speedup against it.");
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
      .flag("json", &a.json, "the result on stdout as JSON");
  if (!line.parse(words)) {
    return false;
  }
  a.options.ranks = parse_ranks(
      a.ranks.empty() ? default_ranks(world_size) : a.ranks, world_size);
  return true;
}

nlohmann::ordered_json to_json(
    const ScalingArguments& a,
    const World& world,
    const std::vector<ScalingRow>& rows,
    std::int64_t per_rank) {
  nlohmann::ordered_json json{
      {"config", a.config},
      {"program", version_line()},
      {"ranks", describe_ranks(world)},
      {"data", a.options.synthetic ? "synthetic" : "real"},
      {"batch_per_rank", per_rank},
      {"steps", a.options.steps},
      {"repeats", a.options.repeats}};
  for (const ScalingRow& row : rows) {
    nlohmann::ordered_json phases;
    for (std::size_t p = 0; p < row.phases.size(); ++p) {
      phases[std::string(kPhaseNames[p])] = 1000 * row.phases[p];
    }
    json["rows"].push_back(
        {{"ranks", row.ranks},
         {"images_per_second", row.images_per_second},
         {"min", row.least},
         {"max", row.most},
         {"speedup", row.speedup},
         {"efficiency", row.efficiency},
         {"phase_ms", phases}});
  }
  return json;
}

void print_table(const std::vector<ScalingRow>& rows) {
  fmt::print(
      "{:>5}  {:>9}  {:>19}  {:>7}  {:>10}  {:>10} {:>10} {:>10} {:>10}\n",
      "ranks",
      "images/s",
      "range",
      "speedup",
      "efficiency",
      "data ms",
      "compute ms",
      "comm ms",
      "update ms");
  for (const ScalingRow& r : rows) {
    fmt::print(
        "{:>5}  {:>9.1f}  {:>19}  {:>7.2f}  {:>10.3f}  {:>10.1f} {:>10.1f} "
        "{:>10.1f} {:>10.1f}\n",
        r.ranks,
        r.images_per_second,
        fmt::format("{:.1f}..{:.1f}", r.least, r.most),
        r.speedup,
        r.efficiency,
        1000 * r.phases[0],
        1000 * r.phases[1],
        1000 * r.phases[2],
        1000 * r.phases[3]);
  }
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
  Config config;
  agreed(control, host_name(), [&] {
    parse(invocation.arguments, control.size(), a);
    config = load_config(a.config, a.overrides);
    const auto problems = validate(config);
    if (!problems.empty()) {
      throw ConfigError(fmt::format("{}", fmt::join(problems, "\n")));
    }
  });
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
  const RunData data = open_run_data(config, control, log);
  Progress progress(
      log,
      "measuring",
      a.options.repeats * static_cast<std::int64_t>(a.options.ranks.size()));
  const auto rows = measure_scaling(
      a.options, config, data, session, world, [&](int done, int) {
        progress.update(done);
      });
  log.clear_bar();
  agreed(control, host_name(), [&] {
    if (control.rank() != 0) {
      return;
    }
    const auto json = to_json(
        a, world, rows, batch_sizes(config.batch, world.size()).largest_share);
    const std::filesystem::path out =
        a.out.empty() ? std::filesystem::path(config.run.dir) / "scaling.json"
                      : std::filesystem::path(a.out);
    std::error_code ignored;
    std::filesystem::create_directories(out.parent_path(), ignored);
    write_atomically(out, json_line(json, 2) + "\n");
    a.json ? fmt::print("{}\n", json_line(json)) : print_table(rows);
    log.line("saved in " + out.string());
  });
  return ExitCode::done;
}

}  // namespace convoy
