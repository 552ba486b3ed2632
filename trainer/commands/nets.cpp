// convoy nets: the networks, and the inside of one.

#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "nets/registry.h"
#include "nets/stages.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/config/nearest.h"

namespace convoy {
namespace {

/// Its facts; counted where a network of one's own leaves the counts out.
NetFacts counted_facts(const NetEntry& entry) {
  NetFacts facts = entry.facts;
  if (facts.layers == 0 || facts.parameters == 0 || facts.macs == 0) {
    const c10::NoGradGuard guard;
    const auto net = entry.build({});
    facts.parameters = 0;
    facts.layers = 0;
    for (const NamedTensor& tensor : net->state()) {
      facts.parameters += tensor.is_parameter ? tensor.tensor.numel() : 0;
      const bool is_row = tensor.tensor.dim() < 2;  // a norm's, or a bias
      facts.layers += tensor.name.ends_with("weight") && !is_row ? 1 : 0;
    }
    facts.macs = 0;
    net->forward(
        at::zeros({1, 3, facts.input_px, facts.input_px}),
        Pass{.macs = &facts.macs});
  }
  return facts;
}

std::string accuracy_text(const NetFacts& facts) {
  if (facts.top1 == 0) {
    return "-";
  }
  return facts.top5 > 0 ? fmt::format("{:.2f} / {:.2f}", facts.top1, facts.top5)
                        : fmt::format("{:.2f} / -    ", facts.top1);
}

double megabytes(const NetFacts& facts) {
  return static_cast<double>(facts.parameters) * 4 / (1 << 20);
}

void print_table() {
  fmt::print(
      "{:<18} {:>6} {:>11} {:>8} {:>6} {:>6} {:>14}  {}\n",
      "name",
      "layers",
      "parameters",
      "size MB",
      "GMACs",
      "input",
      "Acc@1 / Acc@5",
      "source of the accuracy (of ImageNet's validation set)");
  for (const NetEntry& entry : registered_nets()) {
    const NetFacts facts = counted_facts(entry);
    fmt::print(
        "{:<18} {:>6} {:>11} {:>8.1f} {:>6.2f} {:>6} {:>14}  {}\n",
        facts.name,
        facts.layers,
        facts.parameters,
        megabytes(facts),
        static_cast<double>(facts.macs) / 1e9,
        facts.input_px,
        accuracy_text(facts),
        facts.source);
  }
  fmt::print(
      "\nCounts are for 1000 classes and 3 channels at the input size shown; "
      "layers are convolutions\nand linear ones, those of shortcuts and "
      "auxiliary heads too. `convoy nets NAME` lists\nthe parts of one.\n");
}

nlohmann::ordered_json to_json(const NetFacts& facts) {
  return {
      {"name", facts.name},
      {"layers", facts.layers},
      {"parameters", facts.parameters},
      {"macs", facts.macs},
      {"input_px", facts.input_px},
      {"minimum_px", facts.minimum_px},
      {"resize_px", facts.resize_px},
      {"head", facts.head},
      {"auxiliary_heads", facts.auxiliary_heads},
      {"top1", facts.top1},
      {"top5", facts.top5},
      {"source", facts.source}};
}

/// The names of the parts that depend on the classes.
std::string describe_heads(const NetFacts& facts) {
  const auto name = [](std::string_view prefix) {
    return prefix.substr(0, prefix.size() - (prefix.ends_with('.') ? 1 : 0));
  };
  std::string text(name(facts.head));
  for (const std::string_view prefix : facts.auxiliary_heads) {
    text += fmt::format(", {} (in training alone)", name(prefix));
  }
  return text;
}

void print_one(const NetEntry& entry) {
  const NetFacts facts = counted_facts(entry);
  fmt::print(
      "{}: layers as fine_tune.first_layer names them\n", entry.facts.name);
  for (const Stage& stage : stages_of(entry.build({})->state(), entry.facts)) {
    fmt::print(
        "  {:<18} {:>10} parameters{}\n",
        stage.name,
        stage.parameters,
        stage.is_head ? "  (head)" : "");
  }
  fmt::print("head: {}\n", describe_heads(entry.facts));
  fmt::print(
      "{} layers, {} parameters, {:.2f} GMACs at {} px, smallest input {} px\n",
      facts.layers,
      facts.parameters,
      static_cast<double>(facts.macs) / 1e9,
      facts.input_px,
      facts.minimum_px);
  for (const NetKey& key : entry.keys) {
    fmt::print(
        "extensions.{}.{}: {}{}\n",
        facts.name,
        key.name,
        key.value,
        key.help.empty() ? "" : ", " + key.help);
  }
}

}  // namespace

ExitCode run_nets(Invocation& invocation) {
  std::string name;
  bool json = false;
  CommandLine line(
      "nets [NAME] [options]",
      "Lists the networks, or the layers of one, for net.name in a config.");
  line.positional("NAME", &name, false)
      .flag("json", &json, "one JSON object a network");
  if (!line.parse(invocation.arguments)) {
    return ExitCode::done;
  }
  if (json) {
    for (const NetEntry& entry : registered_nets()) {
      if (name.empty() || name == entry.facts.name) {
        fmt::print("{}\n", to_json(counted_facts(entry)).dump());
      }
    }
  } else if (name.empty()) {
    print_table();
    return ExitCode::done;
  }
  if (!name.empty()) {
    const NetEntry* entry = try_find_net(name);
    if (entry == nullptr) {
      const std::string near = nearest(name, net_names());
      throw UsageError(fmt::format(
          "unknown network \"{}\"{}; known: {}",
          name,
          near.empty() ? "" : "; did you mean " + near + "?",
          fmt::join(net_names(), ", ")));
    }
    if (!json) {
      print_one(*entry);
    }
  }
  return ExitCode::done;
}

}  // namespace convoy
