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

const NetEntry& find_net(const std::string& name) {
  std::vector<std::string_view> known;
  for (const NetEntry& entry : registered_nets()) {
    if (entry.facts.name == name) {
      return entry;
    }
    known.push_back(entry.facts.name);
  }
  throw std::invalid_argument(fmt::format(
      "unknown network \"{}\". Known: {}", name, fmt::join(known, ", ")));
}

}  // namespace convoy
