#include "trainer/loop/training_rules.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "nets/stages.h"

namespace convoy {
namespace {

/// How many stages a tensor is away from the head: 0 in the head itself and in
/// parts with an auxiliary one, 1 in the stage before it.
std::map<std::string, int> distances_to_head(const Model& model) {
  auto stages = stages_of(model.state(), model.facts());
  std::reverse(stages.begin(), stages.end());
  std::map<std::string, int> distances;
  int distance = 0;
  for (const Stage& stage : stages) {
    distance += stage.is_head ? 0 : 1;
    for (const std::string& name : stage.tensors) {
      distances[name] = stage.is_head ? 0 : distance;
    }
  }
  return distances;
}

}  // namespace

std::optional<NameFactor> parse_name_factor(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    return std::nullopt;
  }
  NameFactor rule{text.substr(0, equals), 0};
  const char* begin = text.data() + equals + 1;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, rule.factor);
  const bool fine = error == std::errc() && stop == end && begin != end &&
                    std::isfinite(rule.factor) && rule.factor >= 0;
  return fine ? std::optional(rule) : std::nullopt;
}

bool NameFactor::fits(const std::string& tensor) const {
  return name.find('*') == std::string::npos
             ? tensor.starts_with(name)
             : fnmatch(name.c_str(), tensor.c_str(), 0) == 0;
}

double factor_of(
    const std::string& name, const std::vector<std::string>& rules) {
  double factor = 1;
  for (const std::string& text : rules) {
    const auto rule = parse_name_factor(text);
    if (rule && rule->fits(name)) {
      factor = rule->factor;
    }
  }
  return factor;
}

std::vector<TrainedParameter> training_rules(
    const Model& model, const Config& config) {
  const FineTuneOptions& o = config.fine_tune;
  const auto distances = distances_to_head(model);
  std::vector<TrainedParameter> rules;
  for (const NamedTensor& entry : model.trained()) {
    TrainedParameter rule{entry.name, entry.tensor};
    rule.lr_multiplier = factor_of(entry.name, o.rates) *
                         std::pow(o.layer_decay, distances.at(entry.name)) *
                         (model.is_head(entry.name) ? o.head_lr_multiplier : 1);
    const bool decays =
        config.optimizer.decay_norm_and_bias || entry.tensor.dim() > 1;
    rule.decay_multiplier = decays ? factor_of(entry.name, o.decays) : 0;
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace convoy
