#include "trainer/commands/evaluate_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "trainer/commands/command_line.h"
#include "trainer/commands/net_option.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

void declare_figures(CommandLine& line, EvaluateArguments& a) {
  line.value(
          "report",
          &a.report,
          "folder to write every figure into: report.json, CSV tables by "
          "class, sample and threshold, the confusion matrix as a picture")
      .flag("overwrite", &a.overwrite, "replace a report of that name")
      .value(
          "worst",
          &a.worst,
          "with --report: the N samples of greatest loss, with their pictures",
          between(0, 9999))
      .value(
          "group-by",
          &a.group_by,
          "regular expression over the records' keys; figures for each text "
          "that its first parentheses take, as in \"cam([0-9]+)\"")
      .value(
          "class-map",
          &a.class_map,
          "YAML or CSV file of old class to new class, empty to drop it; "
          "classes are merged before anything is counted")
      .values(
          "ng",
          &a.ng,
          "CLASS,CLASS: these are bad (NG), the others good (OK): escape and "
          "overkill (repeatable)")
      .value(
          "escape",
          &a.escape,
          "with --ng: the share of NG samples that may be judged OK; finds "
          "the threshold",
          between(0, 1))
      .value(
          "threshold",
          &a.threshold,
          "a sample whose most probable class has less is \"unsure\"",
          between(0, 1));
}

Tta tta_named(const std::string& name) {
  const auto known = names(Tta{});
  const auto found = std::find(known.begin(), known.end(), name);
  if (found == known.end()) {
    throw UsageError(fmt::format(
        "--tta: want one of {}, got \"{}\"", fmt::join(known, ", "), name));
  }
  return static_cast<Tta>(found - known.begin());
}

void require_companions(const EvaluateArguments& a) {
  if (a.config.empty() == a.checkpoint.empty()) {
    throw UsageError(
        "want either CONFIG or --checkpoint PATH: convoy evaluate (CONFIG | "
        "--checkpoint PATH)");
  }
  if (!a.net.empty() && a.checkpoint.empty()) {
    throw UsageError(
        "--net is for a weight file: convoy evaluate --checkpoint PATH --net "
        "NAME --data LMDB");
  }
  if (!a.net.empty() && a.data.empty()) {
    throw UsageError(
        "--data is missing: a weight file names no data to evaluate it on");
  }
  check_weights_options(a.net, a.class_names);
  if (a.worst > 0 && a.report.empty()) {
    throw UsageError(
        "--worst needs --report FOLDER, where the pictures are put");
  }
  if (a.overwrite && a.report.empty()) {
    throw UsageError("--overwrite needs --report FOLDER, which it replaces");
  }
  if (a.escape && a.ng.empty()) {
    throw UsageError(
        "--escape needs --ng CLASS,CLASS: which classes must not escape");
  }
}

void check_overrides(const EvaluateArguments& a) {
  for (const std::string& text : a.overrides) {
    if (a.config.empty() && !text.starts_with("eval.") &&
        !text.starts_with("run.device=") &&
        (a.net.empty() || !says_how_weights_are_used(text))) {
      throw UsageError(fmt::format(
          "--set {}: with --checkpoint only eval.KEY=VALUE and "
          "run.device=VALUE can be set, and with --net normalize.KEY=VALUE; "
          "the rest is the checkpoint's",
          text));
    }
  }
}

}  // namespace

bool parse_evaluate(
    const std::vector<std::string>& words, EvaluateArguments& a) {
  CommandLine line(
      "evaluate (CONFIG | --checkpoint PATH) [options]",
      "Measures a checkpoint: every sample once, the same figures on any "
      "number "
      "of ranks.\nWith CONFIG, the best checkpoint of its run folder on its "
      "data.val. Pictures are\nprepared as the checkpoint's own config says; "
      "--set eval.KEY=VALUE tries otherwise.\nWith --net, PATH may be a weight "
      "file of others (.pth, .safetensors, .caffemodel):\npictures are "
      "prepared as where the network's accuracy was published.");
  std::string tta(names(Tta{})[0]);
  line.positional("CONFIG", &a.config, false)
      .value("checkpoint", &a.checkpoint, "a checkpoint file")
      .value("net", &a.net, "of which network a weight file of others is")
      .value(
          "class-names",
          &a.class_names,
          "with --net: text file, a name a line; else they are the data's")
      .value("data", &a.data, "LMDB folder; else the config's data.val")
      .values(
          "set",
          &a.overrides,
          "section.key=value; without CONFIG eval.key=value, or run.device=cpu "
          "where a GPU is not to be used; with --net also normalize.key=value "
          "(repeatable)")
      .flag("json", &a.json, "one JSON object on stdout")
      .value(
          "tta",
          &tta,
          "none, flip (the picture and its mirror image) or ten_crop (four "
          "corners and the centre of the resized picture, and their mirror "
          "images): probabilities are averaged");
  declare_figures(line, a);
  if (!line.parse(words)) {
    return false;
  }
  a.tta = tta_named(tta);
  require_companions(a);
  check_overrides(a);
  return true;
}

}  // namespace convoy
