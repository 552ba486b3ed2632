#pragma once
// From YAML text and --set overrides to a Config.

#include <string>
#include <vector>

#include "trainer/config/config.h"

namespace convoy {

/// Reads `text` (its `name` is for messages) into `config`, whose fields are
/// the defaults. Returns every problem found, one line each, with its place:
/// "NAME:4: optimizer.lerning_rate: ...".
std::vector<std::string> read_config(
    const std::string& text, const std::string& name, Config& config);

/// Applies overrides such as "optimizer.lr=0.05". Returns every problem.
std::vector<std::string> apply_overrides(
    const std::vector<std::string>& overrides, Config& config);

/// run.device as the overrides say, else its default. Throws ConfigError with
/// every problem.
DeviceChoice device_choice(const std::vector<std::string>& overrides);

/// Reads the file at `path` and applies the overrides. Throws ConfigError with
/// every problem, MissingInput when there is no such file.
Config load_config(
    const std::string& path, const std::vector<std::string>& overrides);

}  // namespace convoy
