#include "nets/stages.h"

#include <algorithm>
#include <map>
#include <set>

namespace convoy {
namespace {

bool is_number(const std::string& text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == std::string::npos;
}

/// Parts that are a batch norm and nothing else.
std::set<std::string> batch_norm_parts(const std::vector<NamedTensor>& state) {
  std::set<std::string> parts;
  for (const NamedTensor& entry : state) {
    if (entry.name == stage_of(entry.name) + ".running_mean") {
      parts.insert(stage_of(entry.name));
    }
  }
  return parts;
}

}  // namespace

std::string stage_of(const std::string& name) {
  const std::size_t first = name.find('.');
  if (first == std::string::npos) {
    return name;
  }
  const std::size_t second = name.find('.', first + 1);
  const std::string number = name.substr(first + 1, second - first - 1);
  return second != std::string::npos && is_number(number)
             ? name.substr(0, second)
             : name.substr(0, first);
}

std::vector<Stage> stages_of(
    const std::vector<NamedTensor>& state, const NetFacts& facts) {
  const std::set<std::string> norms = batch_norm_parts(state);
  std::map<std::string, std::size_t> places;
  std::vector<Stage> stages;
  for (const NamedTensor& entry : state) {
    const std::string part = stage_of(entry.name);
    if (!places.contains(part)) {
      if (stages.empty() || !norms.contains(part)) {
        stages.push_back({.name = part, .tensors = {}});
      }
      places[part] = stages.size() - 1;
    }
    Stage& stage = stages[places[part]];
    stage.tensors.push_back(entry.name);
    stage.parameters += entry.is_parameter ? entry.tensor.numel() : 0;
    stage.is_head = stage.is_head || is_head(facts, entry.name);
  }
  return stages;
}

bool lies_in(const std::string& name, const std::string& layer) {
  return name == layer || name.starts_with(layer + ".");
}

}  // namespace convoy
