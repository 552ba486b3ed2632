#pragma once
// Names inside SVG, HTML and tables.

#include <string>
#include <string_view>

namespace convoy {

/// With the characters that mean something replaced; bytes that are no UTF-8
/// and control characters as \xNN.
std::string escaped(std::string_view text);

/// At most `most` characters, the last an ellipsis where there were more. Takes
/// UTF-8, and cuts between characters.
std::string shortened(std::string_view text, std::size_t most);

/// A name in a column of the console: printable, and not too long.
std::string shown_on_console(std::string_view name);

/// With blanks behind it up to `width` characters, which are not bytes.
std::string padded_to(std::string_view text, std::size_t width);

/// Characters of a text in UTF-8.
std::size_t characters(std::string_view text);

}  // namespace convoy
