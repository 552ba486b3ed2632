#pragma once
// Which parameters are trained, how fast, and how much they decay.

#include <optional>
#include <string>
#include <vector>

#include "trainer/config/config.h"
#include "trainer/loop/model.h"
#include "trainer/loop/optimizer.h"

namespace convoy {

/// "NAME=FACTOR" taken apart; nothing when it is not that.
struct NameFactor {
  std::string name;
  double factor = 1;

  /// Whether `tensor` begins with the name; with a * in it, which stands for
  /// any text, whether all of it is so.
  bool fits(const std::string& tensor) const;
};
std::optional<NameFactor> parse_name_factor(const std::string& text);

/// The factor of the last of `rules` that fits `name`; 1 without one.
double factor_of(
    const std::string& name, const std::vector<std::string>& rules);

/// The trained parameters with their rates and decays. Their gradients must be
/// in place.
std::vector<TrainedParameter> training_rules(
    const Model& model, const Config& config);

}  // namespace convoy
