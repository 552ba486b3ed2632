#pragma once
// JSON as text that can always be written.

#include <nlohmann/json.hpp>
#include <string>

namespace convoy {

/// In one line, or indented. Bytes that are no UTF-8, as old file names have
/// them, become U+FFFD.
inline std::string json_line(
    const nlohmann::ordered_json& json, int indent = -1) {
  return json.dump(
      indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace convoy
