#include "trainer/loop/unfreezing.h"

#include <charconv>

namespace convoy {

std::optional<Unfreezing> parse_unfreezing(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    return std::nullopt;
  }
  Unfreezing stage{text.substr(0, equals), 0};
  if (stage.layer == "all") {
    stage.layer.clear();
  }
  const char* end = text.data() + text.size();
  const auto [stop, error] =
      std::from_chars(text.data() + equals + 1, end, stage.epochs);
  const bool fine = error == std::errc() && stop == end && stage.epochs >= 1;
  return fine ? std::optional(stage) : std::nullopt;
}

}  // namespace convoy
