#include "nets/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace convoy {
namespace {

std::vector<NetEntry>& net_table() {
  static std::vector<NetEntry> nets = [] {
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

/// `build` with a value for every key.
auto with_defaults(decltype(NetEntry::build) build, std::vector<NetKey> keys) {
  return [build = std::move(build),
          keys = std::move(keys)](const NetOptions& options) {
    NetOptions complete = options;
    for (const NetKey& key : keys) {
      complete.values.emplace(key.name, key.value);  // unless it is set
    }
    return build(complete);
  };
}

}  // namespace

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
  return net_table();
}

void register_net(NetEntry entry) {
  if (try_find_net(std::string(entry.facts.name)) != nullptr) {
    throw std::invalid_argument(fmt::format(
        "the network \"{}\" is there already; give the new one another name",
        entry.facts.name));
  }
  if (!entry.build) {
    throw std::invalid_argument(fmt::format(
        "the network \"{}\" has no function `build`", entry.facts.name));
  }
  if (entry.facts.head.empty()) {
    throw std::invalid_argument(fmt::format(
        "the network \"{}\" names no head; set NetFacts::head to the beginning "
        "of the names of the parameters that depend on the classes, such as "
        "\"fc.\"",
        entry.facts.name));
  }
  if (entry.facts.minimum_px < 1 ||
      entry.facts.input_px < entry.facts.minimum_px) {
    throw std::invalid_argument(fmt::format(
        "the network \"{}\" is made for inputs of {} px and takes {} px at "
        "least; want NetFacts::input_px >= NetFacts::minimum_px >= 1",
        entry.facts.name,
        entry.facts.input_px,
        entry.facts.minimum_px));
  }
  if (!entry.keys.empty()) {
    entry.build = with_defaults(std::move(entry.build), entry.keys);
  }
  net_table().push_back(std::move(entry));
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
