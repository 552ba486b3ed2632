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

/// `text` as a YAML value that reads back to it; null when it is empty.
std::string yaml_text(const std::string& text);

/// docs/configuration.md: every key with its default, range and meaning.
std::string configuration_reference();

}  // namespace convoy
