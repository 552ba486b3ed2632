#include "trainer/config/extension_options.h"

namespace convoy {

std::vector<NetKeys> registered_net_keys() {
  std::vector<NetKeys> all;
  for (const NetEntry& entry : registered_nets()) {
    if (!entry.keys.empty()) {
      all.push_back({std::string(entry.facts.name), entry.keys});
    }
  }
  return all;
}

std::map<std::string, double> own_values(
    const ExtensionOptions& extensions, const std::string& net) {
  std::map<std::string, double> values;
  for (const NetKeys& each : extensions.nets) {
    if (each.net == net) {
      for (const NetKey& key : each.keys) {
        values[key.name] = key.value;
      }
    }
  }
  return values;
}

}  // namespace convoy
