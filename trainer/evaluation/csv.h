#pragma once
// Comma-separated values after RFC 4180, with lines that end in "\n".

#include <string>
#include <string_view>
#include <vector>

namespace convoy {

/// A field as it stands in a file: in quotes where it holds a comma, a quote or
/// a line's end.
std::string csv_field(std::string_view text);

/// One line of such fields.
std::string csv_line(const std::vector<std::string>& fields);

struct CsvRow {
  int line = 0;  ///< where it begins, from 1
  std::vector<std::string> fields;
};

/// The rows of a file, without empty lines. Takes "\r\n" and a byte order mark
/// as spreadsheets write them. Blanks belong to a field. Throws BadData with
/// the line of a quote that is not closed, or that stands inside a field.
std::vector<CsvRow> read_csv(std::string_view text);

}  // namespace convoy
