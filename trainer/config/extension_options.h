#pragma once
// What this program has beside convoy's own (trainer/extensions.h): each with
// its keys, which a config sets.

#include <map>
#include <string>
#include <vector>

#include "data/augment/augmentation.h"
#include "nets/registry.h"

namespace convoy {

/// A network's own keys, with the config's values.
struct NetKeys {
  std::string net;
  std::vector<NetKey> keys;
};

/// Those of every registered network that has some, with their defaults.
std::vector<NetKeys> registered_net_keys();

struct ExtensionOptions {
  std::vector<NetKeys> nets = registered_net_keys();
  std::vector<Augmentation> augmentations = registered_augmentations();
};

/// The values for NetOptions::values of the network `net`.
std::map<std::string, double> own_values(
    const ExtensionOptions& extensions, const std::string& net);

}  // namespace convoy
