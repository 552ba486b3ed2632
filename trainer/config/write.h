#pragma once
// From a Config to text: YAML that reads back to the same Config, and the
// reference page.

#include <string>

#include "trainer/config/config.h"

namespace convoy {

/// The whole config as YAML; read_config() of it gives the same config.
std::string to_yaml(const Config& config);

/// docs/configuration.md: every key with its default, range and meaning.
std::string configuration_reference();

}  // namespace convoy
