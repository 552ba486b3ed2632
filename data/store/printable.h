#pragma once
// Bytes that someone else chose, made fit for a message or a report.

#include <string>
#include <string_view>

namespace convoy {

/// `bytes` as they are where they are valid UTF-8 without control characters;
/// each other byte as \xNN.
std::string printable(std::string_view bytes);

}  // namespace convoy
