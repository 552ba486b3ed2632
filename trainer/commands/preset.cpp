// convoy preset: a config to begin with, chosen by the data.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "data/errors.h"
#include "data/store/scan.h"
#include "trainer/checkpoint/starting_weights.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/commands/net_option.h"
#include "trainer/config/preset.h"
#include "trainer/loop/model.h"

namespace convoy {
namespace {

namespace fs = std::filesystem;

struct PresetArguments {
  std::string data;
  std::string val;
  std::string net = "resnet18";
  std::string weights;
  std::string run_dir;
};

bool parse_words(const std::vector<std::string>& words, PresetArguments& a) {
  CommandLine line(
      "preset DATA [options]",
      "Prints a config to begin with, chosen by how many pictures there are; "
      "each choice says why.\nDATA is a training database, or a folder of "
      "train.lmdb and val.lmdb or test.lmdb. Write it\nto a file, edit it, "
      "train: convoy preset DATA > mine.yaml");
  return line.positional("DATA", &a.data, true)
      .value("net", &a.net, "a network of `convoy nets`")
      .value("weights", &a.weights, "a file to start from; not given: scratch")
      .value("val", &a.val, "a database to evaluate on, for a DATA that is one")
      .value("dir", &a.run_dir, "where the run will write; not given: runs/NET")
      .parse(words);
}

/// The databases of a folder that an import made.
void find_databases(PresetArguments& a) {
  const fs::path folder(a.data);
  if (!fs::exists(folder / "train.lmdb")) {
    return;
  }
  a.data = folder / "train.lmdb";
  for (const char* name : {"val.lmdb", "test.lmdb"}) {
    if (a.val.empty() && fs::exists(folder / name)) {
      a.val = folder / name;
    }
  }
}

PresetInput input_of(const PresetArguments& a) {
  const DatasetFacts data = facts_of(Database(a.data));
  const auto counts = data.class_counts();
  if (counts.empty()) {
    throw BadData(fmt::format("{} holds no labelled pictures", a.data));
  }
  const auto [fewest, most] = std::minmax_element(counts.begin(), counts.end());
  return {
      .train = a.data,
      .val = a.val,
      .run_dir = a.run_dir.empty() ? "runs/" + a.net : a.run_dir,
      .weights = a.weights,
      .pictures = data.records,
      .classes = counts.size(),
      .fewest = *fewest,
      .most = *most,
      .short_side = std::min(data.width.min, data.height.min)};
}

/// Throws what training would, now.
void require_weights_of(const PresetInput& input, const std::string& net) {
  Model model(
      {.net = net, .options = {.classes = static_cast<int>(input.classes)}});
  model.load(
      read_starting_weights(input.weights).file.tensors,
      {.reset_head = true},
      input.weights);
}

}  // namespace

ExitCode run_preset(Invocation& invocation) {
  PresetArguments arguments;
  if (!parse_words(invocation.arguments, arguments)) {
    return ExitCode::done;
  }
  const NetFacts& facts = net_of_option(arguments.net).facts;
  if (!arguments.weights.empty() && !fs::exists(arguments.weights)) {
    throw MissingInput(
        fmt::format("--weights {}: no such file", arguments.weights));
  }
  find_databases(arguments);
  const PresetInput input = input_of(arguments);
  if (!input.weights.empty()) {
    require_weights_of(input, arguments.net);
  }
  fmt::print("{}", preset(input, facts));
  return ExitCode::done;
}

}  // namespace convoy
