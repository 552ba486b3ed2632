#pragma once
// Figures by a part of the records' keys: by camera, line, day.

#include <optional>
#include <regex>
#include <span>
#include <string>
#include <vector>

#include "trainer/evaluation/sample_result.h"

namespace convoy {

/// The group that a key belongs to: what the first pair of parentheses of a
/// regular expression (ECMAScript) takes of it, found anywhere in the key.
class KeyPattern {
 public:
  /// Throws UsageError when it is no regular expression or has no parentheses
  /// that capture.
  explicit KeyPattern(const std::string& expression);

  /// Empty where the expression does not match, or its first parentheses take
  /// no part in the match.
  std::optional<std::string> group_of(const std::string& key) const;

  const std::string& expression() const { return expression_; }

 private:
  std::string expression_;
  std::regex regex_;
};

struct KeyGroup {
  std::optional<std::string> name;  ///< none: keys that do not match
  Sums sums;
};

/// Groups by name, those without one last. `keys` by sample.
std::vector<KeyGroup> group_by_key(
    const KeyPattern& pattern,
    std::span<const SampleResult> samples,
    const std::vector<std::string>& keys);

}  // namespace convoy
