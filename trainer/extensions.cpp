#include "trainer/extensions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

namespace convoy {
namespace {

/// A name is a word of a command line and a key of a config.
void check_extension_name(const char* kind, std::string_view name) {
  const bool plain =
      !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
          std::string_view::npos;
  if (!plain) {
    throw std::invalid_argument(fmt::format(
        "the name of the {} \"{}\": want lower-case letters, digits and "
        "underscores, a letter first",
        kind,
        name));
  }
}

/// `kind`: of what has the keys.
template <class K>
void check_keys(
    const char* kind, std::string_view owner, const std::vector<K>& keys) {
  std::set<std::string> taken;
  for (const K& key : keys) {
    check_extension_name("key", key.name);
    const bool in_range = key.least <= key.value && key.value <= key.most;
    if (!in_range || !taken.insert(key.name).second) {
      throw std::invalid_argument(fmt::format(
          "the key \"{}\" of the {} \"{}\": {}",
          key.name,
          kind,
          owner,
          in_range ? "there are two of that name"
                   : fmt::format(
                         "its default {} is not in {}..{}",
                         key.value,
                         key.least,
                         key.most)));
    }
  }
}

/// Keys of both are set below extensions.NAME.
void check_sections(const Extensions& extensions) {
  std::set<std::string_view> nets;
  for (const NetEntry& net : extensions.nets) {
    nets.insert(net.facts.name);
  }
  for (const Augmentation& augmentation : extensions.augmentations) {
    if (nets.contains(augmentation.name)) {
      throw std::invalid_argument(fmt::format(
          "a network and an augmentation are both named \"{0}\", and keys of "
          "both would be set as extensions.{0}.KEY; give one another name",
          augmentation.name));
    }
  }
}

void check_sources(const std::vector<PictureSource>& sources) {
  std::set<std::string> taken{"folder", "list"};
  for (const PictureSource& source : sources) {
    check_extension_name("source", source.name);
    if (!taken.insert(source.name).second) {
      throw std::invalid_argument(fmt::format(
          "`convoy import {0}` is there already; give the source \"{0}\" "
          "another name",
          source.name));
    }
    if (!source.rows) {
      throw std::invalid_argument(
          fmt::format("the source \"{}\" has no function `rows`", source.name));
    }
  }
}

}  // namespace

void register_extensions(const Extensions& extensions) {
  check_sources(extensions.sources);
  check_sections(extensions);
  for (const NetEntry& net : extensions.nets) {
    check_extension_name("network", net.facts.name);
    check_keys("network", net.facts.name, net.keys);
    register_net(net);
  }
  for (const Augmentation& augmentation : extensions.augmentations) {
    check_extension_name("augmentation", augmentation.name);
    check_keys("augmentation", augmentation.name, augmentation.keys);
    register_augmentation(augmentation);
  }
}

}  // namespace convoy
