#include "trainer/commands/scaling_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "trainer/commands/command_line.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

/// As it was typed, where that is not what it means.
struct ScalingWords {
  std::string ranks;
  std::string data = "both";
  std::string mode = "weak";
  std::string predict;
  std::string link;
  std::string inside;
  int ranks_per_host = 1;
};

void declare(CommandLine& line, ScalingArguments& a, ScalingWords& w) {
  line.positional("CONFIG", &a.config, true)
      .value("ranks", &w.ranks, "such as 1,2,4; else powers of two up to N")
      .value(
          "data",
          &w.data,
          "real, synthetic (the same pictures in every step: no loading) or "
          "both")
      .value(
          "mode",
          &w.mode,
          "weak (each rank's batch stays the same), strong (the global batch "
          "does, and is shared) or both")
      .value("steps", &a.options.steps, "timed steps of a repeat", at_least(1))
      .value("warmup", &a.options.warmup, "steps before them", at_least(0))
      .value(
          "repeats",
          &a.options.repeats,
          "interleaved repeats; medians are shown",
          at_least(1))
      .values("set", &a.overrides, "section.key=value (repeatable)")
      .value("out", &a.out, "file for the result; else RUN_DIR/scaling.json")
      .value(
          "predict",
          &w.predict,
          "numbers of ranks, such as 8,64,512, to predict by --link")
      .value(
          "link",
          &w.link,
          "what a host of those is connected by: 10gbit, 25gbit:5us (latency)")
      .value(
          "ranks-per-host",
          &w.ranks_per_host,
          "of those; with --inside if more than 1",
          at_least(1))
      .value(
          "inside", &w.inside, "what connects ranks inside a host: 20gbyte:3us")
      .value("epochs", &a.epochs, "tell time and cost of so many", above(0))
      .value(
          "to-accuracy",
          &a.to_accuracy,
          "or of those to this Acc@1, in percent, ...",
          {.least = 0, .most = 100, .above_least = true})
      .value("history", &a.history, "... as an earlier run took, its run.dir")
      .value(
          "images",
          &a.images,
          "images of an epoch; 0: as many as data.train has",
          at_least(0))
      .value(
          "price-per-hour",
          &a.price,
          "of one rank, in any currency",
          at_least(0))
      .flag("json", &a.json, "the result on stdout as JSON");
}

/// "1,2,4" as numbers from the least, each at most `most` and there once;
/// `complaint` says what else is wrong with one that is not.
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
    if (std::find(ranks.begin(), ranks.end(), n) != ranks.end()) {
      throw UsageError(
          fmt::format("--{} {}: {} is there twice", option, text, n));
    }
    ranks.push_back(n);
  }
  std::sort(ranks.begin(), ranks.end());
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

/// The values that `word` names, or all of them where it is "both".
template <class Name>
std::vector<Name> chosen(const char* option, const std::string& word) {
  std::vector<Name> values;
  for (std::size_t i = 0; i < names(Name{}).size(); ++i) {
    if (word == "both" || word == names(Name{})[i]) {
      values.push_back(static_cast<Name>(i));
    }
  }
  if (values.empty()) {
    throw UsageError(fmt::format(
        "--{}: want {} or both, got \"{}\"",
        option,
        fmt::join(names(Name{}), ", "),
        word));
  }
  return values;
}

std::vector<ScalingSeries> parse_series(const ScalingWords& w) {
  std::vector<ScalingSeries> series;
  const auto data = chosen<ScalingData>("data", w.data);
  for (const ScalingMode mode : chosen<ScalingMode>("mode", w.mode)) {
    for (const ScalingData kind : data) {
      series.push_back({kind, mode});
    }
  }
  return series;
}

Link link_option(const char* option, const std::string& text) {
  try {
    return parse_link(text);
  } catch (const std::invalid_argument& e) {
    throw UsageError(fmt::format("--{}: {}", option, e.what()));
  }
}

void parse_predictions(const ScalingWords& w, ScalingArguments& a) {
  if (w.predict.empty()) {
    return;
  }
  Cluster cluster{.ranks_per_host = w.ranks_per_host};
  cluster.between = link_option("link", w.link);
  if (w.ranks_per_host > 1) {
    cluster.inside = link_option("inside", w.inside);
  }
  for (const int ranks : parse_ranks("predict", w.predict, 1000000, "")) {
    cluster.ranks = ranks;
    a.predicted.push_back(cluster);
  }
  const int fewest = a.options.ranks.front();
  a.predicted_for = fmt::format(
      "{} rank{} a host, hosts on {}{}, from the step of {} rank{} above",
      w.ranks_per_host,
      w.ranks_per_host == 1 ? "" : "s",
      w.link,
      w.ranks_per_host == 1 ? "" : ", ranks on " + w.inside,
      fewest,
      fewest == 1 ? "" : "s");
}

void check_plan(const ScalingArguments& a) {
  if (a.epochs && a.to_accuracy) {
    throw UsageError(
        "--epochs and --to-accuracy contradict each other; give one");
  }
  if (a.to_accuracy.has_value() == a.history.empty()) {
    throw UsageError(fmt::format(
        "--{} needs --{}",
        a.to_accuracy ? "to-accuracy" : "history",
        a.to_accuracy ? "history, the run.dir of a run that got there"
                      : "to-accuracy, the Acc@1 to find in it"));
  }
  if (!a.epochs && !a.to_accuracy && (a.price || a.images > 0)) {
    throw UsageError(fmt::format(
        "--{} needs --epochs, or --to-accuracy and --history",
        a.price ? "price-per-hour" : "images"));
  }
}

}  // namespace

std::optional<ScalingArguments> parse_scaling(
    const std::vector<std::string>& words, int world_size) {
  ScalingArguments a;
  ScalingWords w;
  CommandLine line(
      "scaling CONFIG [options]",
      "Measures images a second of CONFIG's training on several numbers of "
      "ranks inside one\njob (mpirun -np N convoy scaling CONFIG), and prints "
      "speedup, efficiency, and where\nthe rest goes. The result is kept in "
      "RUN_DIR/scaling.json, which run.baseline may name\n(training then logs "
      "its live speedup against it), and beside it as scaling.csv,\n"
      "scaling_ranks.csv, scaling.md and scaling.svg.");
  declare(line, a, w);
  if (!line.parse(words)) {
    return std::nullopt;
  }
  a.options.ranks = parse_ranks(
      "ranks",
      w.ranks.empty() ? default_ranks(world_size) : w.ranks,
      world_size,
      ", the number that mpirun started. Start more with mpirun -np");
  a.options.series = parse_series(w);
  parse_predictions(w, a);
  check_plan(a);
  return a;
}

std::string options_text(const ScalingOptions& o) {
  std::vector<std::string> series;
  for (const ScalingSeries& one : o.series) {
    series.push_back(describe(one));
  }
  return fmt::format(
      "--ranks {} --steps {} --warmup {} --repeats {} ({})",
      fmt::join(o.ranks, ","),
      o.steps,
      o.warmup,
      o.repeats,
      fmt::join(series, "; "));
}

}  // namespace convoy
