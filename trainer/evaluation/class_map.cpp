#include "trainer/evaluation/class_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "data/errors.h"
#include "trainer/config/nearest.h"

namespace convoy {
namespace {

std::string named_at(const std::string& source, const Renaming& renaming) {
  return fmt::format(
      "{}:{}: class \"{}\"", source, renaming.line, renaming.from);
}

/// A name that two classes have says nothing.
void require_one(
    const Renaming& renaming,
    const std::string& name,
    const std::vector<std::string>& class_names,
    const std::string& source) {
  const auto count = std::count(class_names.begin(), class_names.end(), name);
  if (count > 1) {
    throw BadData(fmt::format(
        "{}: {} classes are called \"{}\"; want names that differ",
        named_at(source, renaming),
        count,
        name));
  }
}

/// Old name to what is to become of it.
std::map<std::string, const Renaming*> by_old_name(
    const std::vector<Renaming>& renamings,
    const std::vector<std::string>& class_names,
    const std::string& source) {
  std::map<std::string, const Renaming*> wanted;
  for (const Renaming& renaming : renamings) {
    const auto known =
        std::find(class_names.begin(), class_names.end(), renaming.from);
    if (known == class_names.end()) {
      const std::string near = nearest(renaming.from, class_names);
      throw BadData(fmt::format(
          "{} is none of the checkpoint's {} classes{}",
          named_at(source, renaming),
          class_names.size(),
          near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    require_one(renaming, renaming.from, class_names, source);
    if (!renaming.to.empty()) {
      require_one(renaming, renaming.to, class_names, source);
    }
    const auto [first, is_new] = wanted.emplace(renaming.from, &renaming);
    if (!is_new) {
      throw BadData(fmt::format(
          "{} is mapped twice (first on line {})",
          named_at(source, renaming),
          first->second->line));
    }
  }
  return wanted;
}

/// log(exp(a) + exp(b)); exact where one of them is -infinity.
double log_add(double a, double b) {
  const double most = std::max(a, b);
  const double least = std::min(a, b);
  return std::isinf(least) ? most : most + std::log1p(std::exp(least - most));
}

std::vector<float> merged_row(
    std::span<const float> row, const ClassMap& map, bool drops) {
  constexpr double kNothing = -std::numeric_limits<double>::infinity();
  std::vector<double> merged(map.names.size(), kNothing);
  for (std::size_t c = 0; c < row.size(); ++c) {
    if (map.targets[c] != ClassMap::kDropped) {
      double& sum = merged[map.targets[c]];
      sum = log_add(sum, row[c]);
    }
  }
  double all = kNothing;
  for (const double value : merged) {
    all = log_add(all, value);
  }
  std::vector<float> result;
  for (const double value : merged) {
    result.push_back(static_cast<float>(drops ? value - all : value));
  }
  return result;
}

}  // namespace

ClassMap class_map(
    const std::vector<Renaming>& renamings,
    const std::vector<std::string>& class_names,
    const std::string& source) {
  const auto wanted = by_old_name(renamings, class_names, source);
  ClassMap map;
  for (const std::string& name : class_names) {
    const auto found = wanted.find(name);
    const bool stays = found == wanted.end();
    const std::string& to = stays ? name : found->second->to;
    if (!stays && to.empty()) {
      map.targets.push_back(ClassMap::kDropped);
      continue;
    }
    // Classes of one name that nobody mapped remain two.
    const bool is_alone =
        stays && std::count(class_names.begin(), class_names.end(), name) > 1;
    const auto place = is_alone
                           ? map.names.end()
                           : std::find(map.names.begin(), map.names.end(), to);
    map.targets.push_back(place - map.names.begin());
    if (place == map.names.end()) {
      map.names.push_back(to);
    }
  }
  if (map.names.empty()) {
    throw BadData(fmt::format(
        "{} drops all {} classes; want one left", source, class_names.size()));
  }
  return map;
}

Predictions merge_classes(const Predictions& predictions, const ClassMap& map) {
  const bool drops =
      std::count(map.targets.begin(), map.targets.end(), ClassMap::kDropped) >
      0;
  Predictions merged;
  merged.classes = static_cast<std::int64_t>(map.names.size());
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const SampleResult& sample = predictions.samples[i];
    const std::int64_t label = map.targets[sample.label];
    if (label == ClassMap::kDropped) {
      continue;
    }
    const std::vector<float> row = merged_row(predictions.row(i), map, drops);
    merged.samples.push_back(judge(sample.index, label, row));
    merged.log_probabilities.insert(
        merged.log_probabilities.end(), row.begin(), row.end());
  }
  return merged;
}

}  // namespace convoy
