#pragma once
// Why a text is no YAML, in words that tell what to change.

#include <string>

namespace convoy {

/// "line 3: ...", for a parser that gave up on `line` (from 1) saying `words`,
/// which are used where none of the usual causes is found.
std::string explain_yaml_error(
    const std::string& text, int line, const std::string& words);

}  // namespace convoy
