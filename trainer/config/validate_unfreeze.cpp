// Rules of fine_tune.unfreeze.

#include <algorithm>
#include <optional>

#include "nets/registry.h"
#include "nets/stages.h"
#include "trainer/config/nearest.h"
#include "trainer/config/problems.h"
#include "trainer/loop/trained_by.h"
#include "trainer/loop/unfreezing.h"

namespace convoy {
namespace {

constexpr const char* kUnfreezeKey = "fine_tune.unfreeze";

/// The entries in order; nothing when one of them is none, which is told.
std::optional<std::vector<Unfreezing>> parse_all(
    const std::vector<std::string>& texts, Problems& p) {
  std::vector<Unfreezing> all;
  for (const std::string& text : texts) {
    const auto stage = parse_unfreezing(text);
    p.require(
        stage.has_value(),
        {kUnfreezeKey},
        "\"{}\"; want LAYER=EPOCHS with one epoch or more, such as "
        "\"layer4=2\" or \"all=5\"",
        text);
    if (stage) {
      all.push_back(*stage);
    }
  }
  return all.size() == texts.size() ? std::optional(all) : std::nullopt;
}

/// Whether the network has it; that it has not is told.
bool check_known(
    const NetFacts& net,
    const std::vector<NamedTensor>& state,
    const std::string& layer,
    Problems& p) {
  for (const NamedTensor& entry : state) {
    if (layer.empty() || lies_in(entry.name, layer)) {
      return true;
    }
  }
  std::vector<std::string> stages;
  for (const Stage& stage : stages_of(state, net)) {
    stages.push_back(stage.name);
  }
  const std::string near = nearest(layer, stages);
  p.require(
      false,
      {kUnfreezeKey, "net.name"},
      "no layer of {} is called \"{}\"{}; want \"all\", or one of {} (or what "
      "several begin with, up to a dot)",
      net.name,
      layer,
      near.empty() ? "" : "; did you mean " + near + "?",
      fmt::join(stages, ", "));
  return false;
}

/// How many tensors are trained when so many epochs are done.
std::int64_t count_trained(
    const Config& c,
    const NetEntry& entry,
    const std::vector<NamedTensor>& state,
    std::int64_t epochs) {
  const auto trained = trained_by(
      c.fine_tune,
      state,
      [&](const std::string& name) { return is_head(entry.facts, name); },
      epochs);
  return std::count_if(state.begin(), state.end(), [&](const NamedTensor& t) {
    return t.is_parameter && trained(t.name);
  });
}

}  // namespace

void check_unfreeze(const Config& c, Problems& p) {
  const FineTuneOptions& o = c.fine_tune;
  const NetEntry* entry = try_find_net(c.net.name);
  if (o.unfreeze.empty() || entry == nullptr) {
    return;
  }
  p.require(
      o.mode != FineTuneMode::full,
      {kUnfreezeKey, "fine_tune.mode"},
      "full trains everything from the first step, so nothing is left to "
      "unfreeze; want head or partial");
  const auto stages = parse_all(o.unfreeze, p);
  if (!stages || o.mode == FineTuneMode::full) {
    return;
  }
  const auto state = entry->build({.classes = 1})->state();
  std::int64_t epochs = 0;
  std::int64_t trained = count_trained(c, *entry, state, epochs);
  for (std::size_t i = 0; i < stages->size(); ++i) {
    const Unfreezing& stage = (*stages)[i];
    const bool known = check_known(entry->facts, state, stage.layer, p);
    p.require(
        stage.epochs > epochs,
        {kUnfreezeKey},
        "\"{}\" comes after {} epochs, and what stands before it after {}; "
        "want rising numbers",
        o.unfreeze[i],
        stage.epochs,
        epochs);
    const std::int64_t then = count_trained(c, *entry, state, stage.epochs);
    p.require(
        then > trained || stage.epochs <= epochs || !known,
        {kUnfreezeKey, "net.name"},
        "\"{}\" adds nothing to what is trained before; want a layer nearer "
        "to the pictures than those before it",
        o.unfreeze[i]);
    epochs = stage.epochs;
    trained = then;
  }
}

}  // namespace convoy
