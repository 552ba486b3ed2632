// convoy weights: what a weight file holds, whether it fits a network, and the
// same in another format.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "data/errors.h"
#include "nets/registry.h"
#include "nets/weights/match.h"
#include "nets/weights/weights.h"
#include "trainer/checkpoint/starting_weights.h"
#include "trainer/checkpoint/weights_as_checkpoint.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/commands/net_option.h"
#include "trainer/report/json_line.h"

namespace convoy {
namespace {

constexpr int kMostClasses = 1'000'000;

struct WeightsArguments {
  std::string file;
  std::string net;
  std::string output;
  int classes = 0;
  bool overwrite = false;
  bool json = false;
};

bool parse_inspect(const std::vector<std::string>& words, WeightsArguments& a) {
  CommandLine line(
      "weights inspect FILE [--net NAME] [options]",
      "Lists the tensors of a weight file: a checkpoint of convoy, a .pth or "
      ".safetensors state\ndict, a .caffemodel. With --net also what goes "
      "where in that network; exit code 0 only\nwhen all of the file is all of "
      "the network, else 65. Nothing in the file is executed.");
  return line.positional("FILE", &a.file, true)
      .value("net", &a.net, "a network of `convoy nets`")
      .value(
          "classes",
          &a.classes,
          "of the network; 0: as the file's head has",
          between(0, kMostClasses))
      .flag("json", &a.json, "one JSON object on stdout")
      .parse(words);
}

bool parse_convert(const std::vector<std::string>& words, WeightsArguments& a) {
  CommandLine line(
      "weights convert FILE OUT [options]",
      "Writes the network's tensors of FILE as OUT, a state dict that PyTorch "
      "and torchvision\nload: .pth or .pt (torch.load(weights_only=True)) or "
      ".safetensors, by OUT's ending.\nOf a checkpoint of convoy with "
      "optimizer.ema_decay it is the average. The first layer\nof a "
      ".caffemodel is turned from BGR to RGB.");
  return line.positional("FILE", &a.file, true)
      .positional("OUT", &a.output, true)
      .flag("overwrite", &a.overwrite, "replace OUT when it is there")
      .parse(words);
}

Match match_with(
    const std::vector<NamedTensor>& file, const WeightsArguments& a) {
  const NetEntry& entry = net_of_option(a.net);
  NetOptions options = options_of_weights(file, entry);
  if (a.classes > 0) {
    options.classes = a.classes;
  }
  return match_weights(entry.build(options)->state(), file);
}

std::string shape_text(const at::Tensor& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.sizes(), ", "));
}

void print_inspection(
    const Weights& weights,
    const WeightsArguments& a,
    const std::optional<Match>& match) {
  const std::vector<NamedTensor>& file = weights.tensors;
  fmt::print("{}\n", fmt::join(describe_weights(weights), "\n"));
  std::int64_t values = 0;
  for (const NamedTensor& entry : file) {
    values += entry.tensor.numel();
    fmt::print(
        "{:<9} {:<20} {}\n",
        c10::toString(entry.tensor.scalar_type()),
        shape_text(entry.tensor),
        entry.name);
  }
  fmt::print("{} tensors, {} values\n", file.size(), values);
  if (match) {
    fmt::print(
        "\n{}: {}\n{}\n",
        a.net,
        match->is_full() ? "fits in full" : "does not fit in full",
        describe_match(*match));
  }
}

void print_json(
    const Weights& weights,
    const WeightsArguments& a,
    const std::optional<Match>& match) {
  nlohmann::ordered_json json{
      {"file", a.file},
      {"format", weights.format},
      {"metadata", weights.metadata},
      {"notes", weights.notes},
      {"tensors", nlohmann::ordered_json::array()}};
  for (const NamedTensor& entry : weights.tensors) {
    json["tensors"].push_back(
        {{"name", entry.name},
         {"type", c10::toString(entry.tensor.scalar_type())},
         {"shape", entry.tensor.sizes().vec()}});
  }
  if (match) {
    json["net"] = a.net;
    json["full"] = match->is_full();
    json["loaded"] = match->loaded;
    json["missing"] = match->missing;
    json["misshapen"] = match->misshapen;
    json["unexpected"] = match->unexpected;
    json["nonfinite"] = match->nonfinite;
  }
  fmt::print("{}\n", json_line(json));
}

ExitCode inspect(const WeightsArguments& a) {
  if (a.classes > 0 && a.net.empty()) {
    throw UsageError("--classes is of a network; give --net NAME too");
  }
  const Weights weights = read_starting_weights(a.file).file;
  std::optional<Match> match;
  if (!a.net.empty()) {
    match = match_with(weights.tensors, a);
  }
  (a.json ? print_json : print_inspection)(weights, a, match);
  return match && !match->is_full() ? ExitCode::bad_data : ExitCode::done;
}

ExitCode convert(const WeightsArguments& a) {
  const std::filesystem::path output(a.output);
  const std::string ending = output.extension().string();
  if (ending != ".pth" && ending != ".pt" && ending != ".safetensors") {
    throw UsageError(fmt::format(
        "OUT {}: want an ending of .pth, .pt or .safetensors, got \"{}\"",
        a.output,
        ending));
  }
  if (std::filesystem::exists(output) && !a.overwrite) {
    throw WriteFailure(fmt::format(
        "{} is there already; give another name, or --overwrite",
        std::filesystem::absolute(output).string()));
  }
  const Weights weights = read_starting_weights(a.file).file;
  const std::vector<NamedTensor>& file = weights.tensors;
  ending == ".safetensors" ? write_safetensors(output, file, {{"format", "pt"}})
                           : write_pth(output, file);
  fmt::print(
      "{}\n{}: {} tensors\n",
      fmt::join(describe_weights(weights), "\n"),
      a.output,
      file.size());
  return ExitCode::done;
}

constexpr const char* kWeightsUsage =
    "Usage: convoy weights inspect FILE [--net NAME] [options]\n"
    "       convoy weights convert FILE OUT [options]\n\n"
    "Looks into weight files (.pth, .safetensors, .caffemodel, checkpoints of "
    "convoy) and writes\nthem in another format. `convoy weights inspect "
    "--help` and "
    "`convoy weights convert --help`\ntell more.\n";

}  // namespace

ExitCode run_weights(Invocation& invocation) {
  const auto& words = invocation.arguments;
  if (words.empty() || words[0] == "--help" || words[0] == "-h") {
    fmt::print("{}", kWeightsUsage);
    return words.empty() ? ExitCode::command_line : ExitCode::done;
  }
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  WeightsArguments a;
  if (words[0] == "inspect") {
    return parse_inspect(rest, a) ? inspect(a) : ExitCode::done;
  }
  if (words[0] == "convert") {
    return parse_convert(rest, a) ? convert(a) : ExitCode::done;
  }
  throw UsageError(fmt::format(
      "weights wants inspect or convert, got \"{}\"; see convoy weights "
      "--help",
      words[0]));
}

}  // namespace convoy
