#pragma once
// Which tensor of a weight file goes where in a network.

#include <functional>
#include <string>
#include <vector>

#include "nets/module.h"

namespace convoy {

/// A tensor that does not go in: "conv1.weight [64, 3, 7, 7]", or for one of
/// another shape "fc.weight [7, 512] in the network, [1000, 512] in the file",
/// or for whole numbers in the place of others "fc.weight Int in the file".
using MatchLine = std::string;

/// What becomes of each tensor, in the order of the network's state and then of
/// the file.
struct Match {
  std::vector<std::string> loaded;
  /// Of the network, keep their initial values: parts that depend on the
  /// classes, and what was allowed by name.
  std::vector<MatchLine> reset;
  std::vector<MatchLine> ignored;  ///< of the file, allowed by name
  std::vector<MatchLine> missing;
  std::vector<MatchLine> misshapen;
  std::vector<MatchLine> unexpected;
  /// Would be loaded, and hold values that are infinite or no numbers.
  std::vector<MatchLine> nonfinite;

  bool fits() const {
    return missing.empty() && misshapen.empty() && unexpected.empty() &&
           nonfinite.empty();
  }
  /// And nothing is reset or ignored either: the file is of this very network.
  bool is_full() const { return fits() && reset.empty() && ignored.empty(); }
};

struct MatchRules {
  /// Whether a tensor of the network may keep its initial value: when it has
  /// another shape in the file, or when the file has nothing of its layer.
  std::function<bool(const std::string&)> may_reset = [](const std::string&) {
    return false;
  };
  /// Whether it may when the file has nothing of its layer.
  std::function<bool(const std::string&)> may_miss = [](const std::string&) {
    return false;
  };
  /// Prefixes of names that may be missing, misshapen or unexpected.
  std::vector<std::string> allowed;
};

/// Compares by name and shape. A `num_batches_tracked` that the file lacks is
/// no loss (files older than PyTorch 0.4.1 have none): it stays 0 and is
/// counted as loaded.
Match match_weights(
    const std::vector<NamedTensor>& state,
    const std::vector<NamedTensor>& given,
    const MatchRules& rules = {});

/// Copies what `match` says is loaded, converting types.
void copy_matched(
    const std::vector<NamedTensor>& state,
    const std::vector<NamedTensor>& given,
    const Match& match);

/// One line a kind, each with its count and names: for people.
std::string describe_match(const Match& match);

}  // namespace convoy
