#include "trainer/commands/evaluation_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "trainer/config/nearest.h"
#include "trainer/errors.h"
#include "trainer/evaluation/class_map_file.h"

namespace convoy {
namespace {

constexpr std::size_t kMostListed = 12;  ///< classes in a message

std::vector<std::string> between_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) {
    parts.push_back(part);
  }
  return parts;
}

/// A word that is a class is that class: names may have commas in them.
std::vector<std::string> classes_in(
    const std::vector<std::string>& words,
    const std::vector<std::string>& class_names) {
  std::vector<std::string> classes;
  for (const std::string& word : words) {
    const bool is_class =
        std::find(class_names.begin(), class_names.end(), word) !=
        class_names.end();
    const auto named =
        is_class ? std::vector<std::string>{word} : between_commas(word);
    classes.insert(classes.end(), named.begin(), named.end());
  }
  return classes;
}

std::vector<bool> marked(
    const std::vector<std::string>& ng,
    const std::vector<std::string>& class_names) {
  std::vector<bool> is_ng(class_names.size(), false);
  for (const std::string& name : ng) {
    if (std::find(class_names.begin(), class_names.end(), name) ==
        class_names.end()) {
      const std::string near = nearest(name, class_names);
      throw UsageError(fmt::format(
          "--ng: \"{}\" is none of the {} classes{}{}",
          name,
          class_names.size(),
          class_names.size() <= kMostListed
              ? fmt::format(" ({})", fmt::join(class_names, ", "))
              : "",
          near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    for (std::size_t c = 0; c < class_names.size(); ++c) {
      is_ng[c] = is_ng[c] || class_names[c] == name;
    }
  }
  if (std::count(is_ng.begin(), is_ng.end(), false) == 0) {
    throw UsageError(fmt::format(
        "--ng names all {} classes; want one at least that is OK",
        class_names.size()));
  }
  return is_ng;
}

}  // namespace

EvaluationPlan plan_evaluation(
    const EvaluateArguments& a, const std::vector<std::string>& class_names) {
  EvaluationPlan plan;
  plan.class_names = class_names;
  if (!a.class_map.empty()) {
    plan.map = class_map(read_class_map(a.class_map), class_names, a.class_map);
    plan.class_names = plan.map->names;
  }
  if (!a.ng.empty()) {
    plan.ng = classes_in(a.ng, plan.class_names);
    plan.wishes.is_ng = marked(plan.ng, plan.class_names);
  }
  if (!a.group_by.empty()) {
    plan.wishes.group_by.emplace(a.group_by);
  }
  plan.wishes.escape = a.escape;
  plan.wishes.threshold = a.threshold;
  return plan;
}

}  // namespace convoy
