#pragma once
// Which parameters are trained, how fast, and how much they decay.

#include <optional>
#include <string>
#include <vector>

#include "trainer/config/config.h"
#include "trainer/loop/model.h"
#include "trainer/loop/optimizer.h"

namespace convoy {

/// "PREFIX=FACTOR" taken apart; nothing when it is not that.
struct NameFactor {
  std::string prefix;
  double factor = 1;
};
std::optional<NameFactor> parse_name_factor(const std::string& text);

/// The factor of the last of `rules` whose prefix begins `name`; 1 without one.
double factor_of(
    const std::string& name, const std::vector<std::string>& rules);

/// The trained parameters with their rates and decays. Their gradients must be
/// in place.
std::vector<TrainedParameter> training_rules(
    const Model& model, const Config& config);

}  // namespace convoy
