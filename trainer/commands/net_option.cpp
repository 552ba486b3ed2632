#include "trainer/commands/net_option.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "trainer/config/nearest.h"
#include "trainer/errors.h"

namespace convoy {

const NetEntry& net_of_option(const std::string& name) {
  if (const NetEntry* entry = try_find_net(name)) {
    return *entry;
  }
  const std::string near = nearest(name, net_names());
  throw UsageError(fmt::format(
      "--net {}: there is no such network{}; convoy nets lists them",
      name,
      near.empty() ? "" : ". Did you mean " + near + "?"));
}

void check_weights_options(
    const std::string& net, const std::string& class_names) {
  if (!net.empty()) {
    net_of_option(net);
  } else if (!class_names.empty()) {
    throw UsageError(
        "--class-names is for a weight file, with --net NAME; a checkpoint of "
        "convoy has its own");
  }
}

bool says_how_weights_are_used(const std::string& override) {
  return override.starts_with("eval.") || override.starts_with("normalize.");
}

WeightsUse weights_use(
    const std::string& net,
    const std::string& class_names,
    const std::vector<std::string>& overrides) {
  WeightsUse use{net, class_names, {}};
  std::copy_if(
      overrides.begin(),
      overrides.end(),
      std::back_inserter(use.overrides),
      says_how_weights_are_used);
  return use;
}

}  // namespace convoy
