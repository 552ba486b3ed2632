// convoy bench decode | loader: from a database's records to pixels, and to
// batches.

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "trainer/bench/data.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/errors.h"
#include "trainer/report/bench_report.h"

namespace convoy {
namespace {

struct DataBenchArguments {
  std::string verb;
  std::string database;
  std::string workers = "1,2";
  double rotate = 0;
  double jitter = 0;
  bool json = false;
  DataBenchOptions options;
};

std::vector<int> parse_workers(const std::string& text) {
  std::vector<int> all;
  std::istringstream words(text);
  std::string word;
  while (std::getline(words, word, ',')) {
    const bool number = !word.empty() && word.size() < 4 &&
                        std::all_of(word.begin(), word.end(), [](char c) {
                          return c >= '0' && c <= '9';
                        });
    if (!number || std::stoi(word) == 0) {
      throw UsageError(fmt::format(
          "--workers {}: want numbers of threads from 1 to 999, such as 1,2",
          text));
    }
    all.push_back(std::stoi(word));
  }
  if (all.empty()) {
    throw UsageError("--workers: want numbers of threads, such as 1,2");
  }
  return all;
}

bool parse(const std::vector<std::string>& words, DataBenchArguments& a) {
  CommandLine line(
      "bench decode|loader DB [options]",
      "decode: microseconds of one core to read and decode a record, whole, "
      "and "
      "the parts that\na random crop needs; #wrong counts pictures in which "
      "they "
      "differ.\nloader: images a second from records to batches, by threads. "
      "Both with random resized crops\nand flips, in interleaved repeats; read "
      "the database once before, or it is the disk that is\nmeasured. "
      "tests/peers/data.py puts both beside other programs.");
  AugmentOptions& augment = a.options.augment;
  line.positional("decode or loader", &a.verb, true)
      .positional("DB", &a.database, true)
      .value("workers", &a.workers, "threads of the loader; 1,2")
      .value("crop", &augment.crop_px, "side in pixels", between(1, 4096))
      .value("rotate", &a.rotate, "degrees either way", between(0, 180))
      .value(
          "jitter",
          &a.jitter,
          "of brightness, contrast, saturation; a "
          "fourth of it of hue",
          between(0, 1))
      .value("repeats", &a.options.repeats, "medians are shown", at_least(1))
      .value(
          "pictures",
          &a.options.pictures,
          "the first of the database",
          at_least(1))
      .flag("json", &a.json, "one JSON object a row on stdout");
  if (!line.parse(words)) {
    return false;
  }
  augment.rotate_degrees = a.rotate;
  augment.jitter = {a.jitter, a.jitter, a.jitter, a.jitter / 4};
  return true;
}

}  // namespace

ExitCode run_data_bench(const std::vector<std::string>& words) {
  DataBenchArguments a;
  if (!parse(words, a)) {
    return ExitCode::done;
  }
  const LmdbDataset dataset(a.database, {});
  if (a.verb == "loader") {
    const auto rows =
        bench_loader(dataset, parse_workers(a.workers), a.options);
    fmt::print("{}", a.json ? loader_json(rows) : loader_table(rows));
    return ExitCode::done;
  }
  const auto rows = bench_decode(dataset, a.options);
  fmt::print("{}", a.json ? decode_json(rows) : decode_table(rows));
  return rows.back().wrong > 0 ? ExitCode::internal : ExitCode::done;
}

}  // namespace convoy
