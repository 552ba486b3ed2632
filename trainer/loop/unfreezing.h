#pragma once
// When more of a network comes to be trained (Howard and Ruder 2018, "gradual
// unfreezing").

#include <cstdint>
#include <optional>
#include <string>

namespace convoy {

/// Everything from `layer` on is trained once `epochs` epochs are done.
struct Unfreezing {
  std::string layer;  ///< empty: the first of all
  std::int64_t epochs = 0;
};

/// "LAYER=EPOCHS" taken apart, where LAYER may be "all"; nothing when it is not
/// that, or not at least one epoch.
std::optional<Unfreezing> parse_unfreezing(const std::string& text);

}  // namespace convoy
