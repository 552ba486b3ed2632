#include "nets/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

namespace convoy {

const std::vector<NetEntry>& registered_nets() {
  static const std::vector<NetEntry> nets = [] {
    std::vector<NetEntry> all;
    for (const auto family : {alexnet_family, resnet_family}) {
      for (NetEntry& entry : family()) {
        all.push_back(std::move(entry));
      }
    }
    return all;
  }();
  return nets;
}

std::vector<std::string> net_names() {
  std::vector<std::string> names;
  for (const NetEntry& entry : registered_nets()) {
    names.emplace_back(entry.facts.name);
  }
  return names;
}

const NetEntry* try_find_net(const std::string& name) {
  for (const NetEntry& entry : registered_nets()) {
    if (entry.facts.name == name) {
      return &entry;
    }
  }
  return nullptr;
}

const NetEntry& find_net(const std::string& name) {
  if (const NetEntry* entry = try_find_net(name)) {
    return *entry;
  }
  throw std::invalid_argument(fmt::format(
      "unknown network \"{}\". Known: {}", name, fmt::join(net_names(), ", ")));
}

}  // namespace convoy
