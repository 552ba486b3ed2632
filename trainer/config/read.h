#pragma once
// From YAML text and --set overrides to a Config.

#include <string>
#include <vector>

#include "trainer/config/config.h"
#include "trainer/config/origins.h"
#include "trainer/config/problems.h"

namespace convoy {

/// A config with where its values came from and what was wrong with them.
struct LoadedConfig {
  Config config;
  Origins origins;
  /// Of reading, one line each, with place and key:
  /// "my.yaml:4: optimizer.lerning_rate: ...".
  std::vector<std::string> problems;
  /// Not even keys could be made out, so that rules would mislead.
  bool unreadable = false;
};

/// Reads `text` over the defaults; `name` is its place in messages.
LoadedConfig read_config(const std::string& text, const std::string& name);

/// Applies overrides such as "optimizer.lr=0.05".
void apply_overrides(
    const std::vector<std::string>& overrides, LoadedConfig& loaded);

/// The file at `path` with the overrides, and the network's own sizes where
/// neither sets them (sizes.h). Throws MissingInput when there is no
/// such file.
LoadedConfig load_config(
    const std::string& path, const std::vector<std::string>& overrides);

/// Throws ConfigError with every problem of reading and every `broken` rule,
/// unless the rule is about a value that could not be read. Nothing when there
/// is none.
void require_sound(
    const LoadedConfig& loaded, const std::vector<Problem>& broken = {});

/// run.device as the overrides say, else its default. Throws ConfigError with
/// every problem.
DeviceChoice device_choice(const std::vector<std::string>& overrides);

}  // namespace convoy
