#include "trainer/loop/trained_by.h"

#include <set>

#include "nets/stages.h"
#include "trainer/loop/unfreezing.h"

namespace convoy {
namespace {

using Names = std::set<std::string>;

Names batch_norms(const std::vector<NamedTensor>& state) {
  Names layers;
  for (const NamedTensor& entry : state) {
    if (entry.name.ends_with(".running_mean")) {
      layers.insert(layer_of(entry.name));
    }
  }
  return layers;
}

/// The names from `first` to `last`, both included; an empty one is an end of
/// the network. A batch norm that is a part of its own goes with the layer
/// before it, as in stages_of().
Names names_between(
    const std::vector<NamedTensor>& state,
    const std::string& first,
    const std::string& last) {
  bool begun = first.empty();
  bool over = false;
  const Names norms = batch_norms(state);
  Names names;
  for (const NamedTensor& entry : state) {
    begun = begun || lies_in(entry.name, first);
    const bool in_last = !last.empty() && lies_in(entry.name, last);
    const std::string layer = layer_of(entry.name);
    const bool is_norm_part =
        norms.contains(layer) && stage_of(entry.name) == layer;
    if (over && !in_last && !is_norm_part) {
      break;
    }
    over = over || (begun && in_last);
    if (begun) {
      names.insert(entry.name);
    }
  }
  return names;
}

Names names_of_mode(
    const FineTuneOptions& options, const std::vector<NamedTensor>& state) {
  switch (options.mode) {
    case FineTuneMode::full:
      return names_between(state, "", "");
    case FineTuneMode::head:
      return {};
    case FineTuneMode::partial:
      return names_between(state, options.first_layer, options.last_layer);
  }
  return {};
}

}  // namespace

std::string layer_of(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

NamePredicate trained_by(
    const FineTuneOptions& options,
    const std::vector<NamedTensor>& state,
    const NamePredicate& is_head,
    std::int64_t epochs) {
  Names names = names_of_mode(options, state);
  for (const std::string& text : options.unfreeze) {
    const auto stage = parse_unfreezing(text);
    if (stage && stage->epochs <= epochs) {
      names.merge(names_between(state, stage->layer, ""));
    }
  }
  for (const NamedTensor& entry : state) {
    if (is_head(entry.name)) {
      names.insert(entry.name);
    }
  }
  const Names frozen = options.freeze_batch_norm ? batch_norms(state) : Names{};
  return [names = std::move(names), frozen](const std::string& name) {
    return names.contains(name) && !frozen.contains(layer_of(name));
  };
}

}  // namespace convoy
