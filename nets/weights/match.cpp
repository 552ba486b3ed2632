#include "nets/weights/match.h"

#include <ATen/ops/isfinite.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace convoy {
namespace {

using TensorsByName = std::map<std::string, at::Tensor>;

TensorsByName by_name(const std::vector<NamedTensor>& tensors) {
  TensorsByName all;
  for (const NamedTensor& entry : tensors) {
    all.emplace(entry.name, entry.tensor);
  }
  return all;
}

std::string shape_of(const at::Tensor& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.sizes(), ", "));
}

bool is_allowed(const std::string& name, const MatchRules& rules) {
  return std::any_of(
      rules.allowed.begin(), rules.allowed.end(), [&](const std::string& one) {
        return name.starts_with(one);
      });
}

bool is_counter(const std::string& name) {
  return name.ends_with("num_batches_tracked");
}

/// The layers of which the file has something.
std::set<std::string> layers_of(const std::vector<NamedTensor>& tensors) {
  std::set<std::string> layers;
  for (const NamedTensor& entry : tensors) {
    layers.insert(entry.name.substr(0, entry.name.rfind('.')));
  }
  return layers;
}

/// A tensor of the right name and shape: its values may be useless.
void take(const NamedTensor& own, const at::Tensor& theirs, Match& match) {
  if (own.tensor.is_floating_point() && !theirs.is_floating_point()) {
    match.misshapen.push_back(fmt::format(
        "{} {} in the file", own.name, c10::toString(theirs.scalar_type())));
  } else if (
      theirs.is_floating_point() && !at::isfinite(theirs).all().item<bool>()) {
    match.nonfinite.push_back(own.name);
  } else {
    match.loaded.push_back(own.name);
  }
}

/// A kind of match, as it is told.
void tell(
    const char* what,
    const std::vector<std::string>& lines,
    std::string& text) {
  if (!lines.empty()) {
    text += fmt::format(
        "\n{} ({}): {}", what, lines.size(), fmt::join(lines, "; "));
  }
}

}  // namespace

Match match_weights(
    const std::vector<NamedTensor>& state,
    const std::vector<NamedTensor>& given,
    const MatchRules& rules) {
  const TensorsByName file = by_name(given);
  const std::set<std::string> layers = layers_of(given);
  std::set<std::string> known;
  Match match;
  for (const NamedTensor& own : state) {
    known.insert(own.name);
    const auto found = file.find(own.name);
    const bool there = found != file.end();
    if (there ? found->second.sizes() == own.tensor.sizes()
              : is_counter(own.name)) {
      take(own, there ? found->second : own.tensor, match);
      continue;
    }
    const std::string line = there ? fmt::format(
                                         "{} {} in the network, {} in the file",
                                         own.name,
                                         shape_of(own.tensor),
                                         shape_of(found->second))
                                   : own.name + " " + shape_of(own.tensor);
    // Half a head is no head: the rest of it would be of other classes.
    const bool half =
        !there && layers.contains(own.name.substr(0, own.name.rfind('.')));
    const bool may = (rules.may_reset(own.name) && !half) ||
                     (rules.may_miss(own.name) && !there && !half) ||
                     is_allowed(own.name, rules);
    (may     ? match.reset
     : there ? match.misshapen
             : match.missing)
        .push_back(line);
  }
  for (const NamedTensor& theirs : given) {
    if (!known.contains(theirs.name)) {
      (is_allowed(theirs.name, rules) ? match.ignored : match.unexpected)
          .push_back(theirs.name + " " + shape_of(theirs.tensor));
    }
  }
  return match;
}

void copy_matched(
    const std::vector<NamedTensor>& state,
    const std::vector<NamedTensor>& given,
    const Match& match) {
  const c10::NoGradGuard guard;
  const TensorsByName file = by_name(given);
  const TensorsByName own = by_name(state);
  for (const std::string& name : match.loaded) {
    if (const auto found = file.find(name); found != file.end()) {
      at::Tensor target = own.at(name);
      target.copy_(found->second);
    }
  }
}

std::string describe_match(const Match& match) {
  std::string text = fmt::format("loaded: {} tensors", match.loaded.size());
  tell("reset, keeps its initial values", match.reset, text);
  tell("ignored", match.ignored, text);
  tell("missing in the file", match.missing, text);
  tell("of another shape or kind", match.misshapen, text);
  tell("unexpected in the file", match.unexpected, text);
  tell("with values that are infinite or no numbers", match.nonfinite, text);
  return text;
}

}  // namespace convoy
