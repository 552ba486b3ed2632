#include "nets/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace convoy {

bool is_auxiliary(const NetFacts& facts, std::string_view name) {
  return std::any_of(
      facts.auxiliary_heads.begin(),
      facts.auxiliary_heads.end(),
      [&](std::string_view head) {
        return name.starts_with(head.substr(0, head.find('.') + 1));
      });
}

bool is_head(const NetFacts& facts, std::string_view name) {
  return name.starts_with(facts.head) ||
         std::any_of(
             facts.auxiliary_heads.begin(),
             facts.auxiliary_heads.end(),
             [&](std::string_view head) { return name.starts_with(head); });
}

const std::vector<NetEntry>& registered_nets() {
  static const std::vector<NetEntry> nets = [] {
    std::vector<NetEntry> all;
    for (const auto family :
         {alexnet_family,
          resnet_family,
          vgg_family,
          squeezenet_family,
          mobilenet_v2_family,
          mobilenet_v3_family,
          efficientnet_family,
          convnext_family,
          cifar_resnet_family,
          googlenet_family,
          inception_v3_family,
          alexnet_caffe_family,
          googlenet_caffe_family}) {
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
