#pragma once
// From a Config to text: YAML that reads back to the same Config, and the
// reference page.

#include <string>
#include <utility>
#include <vector>

#include "trainer/config/config.h"

namespace convoy {

/// The whole config as YAML; read_config() of it gives the same config.
std::string to_yaml(const Config& config);

/// Every key with its value as text, in order: "optimizer.lr", "0.1".
std::vector<std::pair<std::string, std::string>> flatten(const Config& config);

/// docs/configuration.md: every key with its default, range and meaning.
std::string configuration_reference();

}  // namespace convoy
