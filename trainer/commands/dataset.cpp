// convoy dataset: looks at a database, checks it, takes its mean; renders the
// built-in vehicle set.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "data/errors.h"
#include "data/importers/mean.h"
#include "data/importers/rendered.h"
#include "data/importers/verify.h"
#include "data/store/flavour.h"
#include "data/store/scan.h"
#include "data/store/sidecar.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/commands/dataset_info.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/terminal.h"

namespace convoy {
namespace {

/// More would only wait for each other.
constexpr NumberRange kThreads = between(0, 1024);
/// As render_set() takes them.
constexpr int kMostPerClass = 10'000'000;

/// A progress bar as the data library calls it.
class Bar {
 public:
  explicit Bar(std::string title) : title_(std::move(title)) {}

  ScanProgress callback() {
    return [this](std::size_t done, std::size_t all) {
      if (!progress_) {
        progress_.emplace(log_, title_, static_cast<std::int64_t>(all));
      }
      progress_->update(static_cast<std::int64_t>(done));
    };
  }

 private:
  Log log_{true, terminal_columns()};
  std::string title_;
  std::optional<Progress> progress_;
};

ExitCode info(const std::vector<std::string>& words) {
  std::string path;
  bool json = false;
  CommandLine line(
      "dataset info DB [options]",
      "What a database holds and which program wrote it. One without a "
      "dataset.json (Caffe's,\nDIGITS') is read once.");
  line.positional("DB", &path, true).flag("json", &json, "as JSON");
  if (!line.parse(words)) {
    return ExitCode::done;
  }
  const Database database(path);
  const Flavour flavour = sniff_flavour(database);
  if (!is_readable(flavour)) {
    throw BadData(fmt::format("{}: {}", database.path(), describe(flavour)));
  }
  Bar bar("reading");
  const DatasetFacts facts = facts_of(database, bar.callback());
  if (json) {
    fmt::print("{}\n", facts_to_json(facts));
  } else {
    print_info(database, flavour, facts);
  }
  return ExitCode::done;
}

ExitCode check(const std::vector<std::string>& words) {
  std::string path;
  int workers = 0;
  CommandLine line(
      "dataset verify DB [options]",
      "Reads every record, compares its checksum and decodes it. Exit code 65 "
      "when one is bad.");
  line.positional("DB", &path, true)
      .value("workers", &workers, "threads; 0: all CPUs", kThreads);
  if (!line.parse(words)) {
    return ExitCode::done;
  }
  const Database database(path);
  VerifyReport report;
  {
    Bar bar("verifying");
    report = verify(database, workers, bar.callback());
  }
  for (const BadRecord& r : report.doubtful) {
    fmt::print("doubtful  {}: {}\n", r.key, r.reason);
  }
  for (const BadRecord& r : report.bad) {
    fmt::print("BAD       {}: {}\n", r.key, r.reason);
  }
  fmt::print(
      "{}: {} records, {} checksums compared, {} bad, {} doubtful\n",
      database.path(),
      report.records,
      report.checksums,
      report.bad.size(),
      report.doubtful.size());
  return report.bad.empty() ? ExitCode::done : ExitCode::bad_data;
}

ExitCode mean(const std::vector<std::string>& words) {
  std::string path;
  std::string out;
  MeanOptions options;
  CommandLine line(
      "dataset mean DB [FILE.binaryproto] [options]",
      "The mean picture, for normalize.mean_file, and the channel means and "
      "standard deviations\nfor normalize.mean and std. Per pixel when all "
      "pictures have one size.");
  line.positional("DB", &path, true)
      .positional("FILE", &out, false)
      .value(
          "channels",
          &options.channels,
          "3 or 1; 0: as the first record",
          between(0, 3))
      .value("workers", &options.workers, "threads; 0: all CPUs", kThreads);
  if (!line.parse(words)) {
    return ExitCode::done;
  }
  if (options.channels == 2) {
    throw UsageError("--channels: want 3, 1 or 0, got \"2\"");
  }
  const Database database(path);
  DatasetMean result;
  {
    Bar bar("averaging");
    result = compute_mean(database, options, bar.callback());
  }
  // The library speaks Caffe's BGR; a config's mean and std are RGB, 0..1.
  std::string means;
  std::string stds;
  std::string values;
  for (std::size_t i = 0; i < result.channel_mean.size(); ++i) {
    const std::size_t rgb = result.channel_mean.size() - 1 - i;
    const char* comma = i == 0 ? "" : ", ";
    means += fmt::format("{}{:.4g}", comma, result.channel_mean[rgb] / 255);
    stds += fmt::format("{}{:.4g}", comma, result.channel_stddev[rgb] / 255);
    values += fmt::format("{}{:.6g}", comma, result.channel_mean[i]);
  }
  fmt::print(
      "normalize: {{mean: [{}], std: [{}]}}\nCaffe: mean_value [{}]\n",
      means,
      stds,
      values);
  if (!out.empty()) {
    write_mean_file(out, result.image);
    fmt::print(
        "{}: {} x {} pixels{}\n",
        out,
        result.image.width,
        result.image.height,
        result.per_pixel ? ""
                         : " (pictures differ in size: one value a channel)");
  }
  return ExitCode::done;
}

ExitCode render(const std::vector<std::string>& words) {
  RenderedSetOptions options;
  bool folders = false;
  CommandLine line(
      "dataset render OUT [options]",
      "Draws the built-in vehicle set: 4 vehicle types seen from 25 sides, 100 "
      "classes, with\nrandom paint, light, background, distance, occlusion and "
      "camera noise; training and\nvalidation share none of them. OUT receives "
      "train.lmdb and val.lmdb, or with --folders\ntrain/CLASS/*.jpg and "
      "val/CLASS/*.jpg.");
  line.positional("OUT", &options.output, true)
      .value(
          "px",
          &options.size_px,
          "side of a picture, 32 to 512",
          between(32, 512))
      .value(
          "train",
          &options.train_per_class,
          "training pictures a class",
          between(1, kMostPerClass))
      .value(
          "val",
          &options.val_per_class,
          "validation pictures a class",
          between(0, kMostPerClass))
      .value(
          "seed", &options.seed, "another number, other pictures", at_least(0))
      .flag("folders", &folders, "class folders of JPEG files instead of LMDB")
      .value(
          "quality",
          &options.jpeg_quality,
          "of the JPEGs, 1 to 100",
          between(1, 100))
      .flag("overwrite", &options.overwrite, "replace databases of that name")
      .value("workers", &options.workers, "threads; 0: all CPUs", kThreads);
  if (!line.parse(words)) {
    return ExitCode::done;
  }
  options.as_folders = folders;
  {
    Bar bar("rendering");
    render_set(options, bar.callback());
  }
  fmt::print(
      "{}: 100 classes, {} training and {} validation pictures of {} x {}\n",
      options.output,
      100 * options.train_per_class,
      100 * options.val_per_class,
      options.size_px,
      options.size_px);
  return ExitCode::done;
}

struct Verb {
  const char* name;
  const char* summary;
  ExitCode (*run)(const std::vector<std::string>& words);
};
constexpr Verb kVerbs[] = {
    {"info", "what a database holds", info},
    {"verify", "read and check every record", check},
    {"mean", "mean picture, channel means and deviations", mean},
    {"render", "draw the built-in vehicle set", render}};

}  // namespace

ExitCode run_dataset(Invocation& invocation) {
  const auto& words = invocation.arguments;
  if (!words.empty()) {
    for (const Verb& verb : kVerbs) {
      if (words[0] == verb.name) {
        return verb.run({words.begin() + 1, words.end()});
      }
    }
    if (words[0] != "--help" && words[0] != "-h") {
      throw UsageError(fmt::format(
          "dataset wants info, verify, mean or render, got \"{}\"; see convoy "
          "dataset --help",
          words[0]));
    }
  }
  fmt::print("Usage: convoy dataset VERB ...\n\n");
  for (const Verb& verb : kVerbs) {
    fmt::print("  {:<8} {}\n", verb.name, verb.summary);
  }
  return words.empty() ? ExitCode::command_line : ExitCode::done;
}

}  // namespace convoy
