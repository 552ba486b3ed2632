#include "trainer/report/report_table.h"

#include <algorithm>

#include "trainer/evaluation/markup.h"

namespace convoy {
namespace {

using Row = std::vector<std::string>;

std::vector<std::size_t> widths_of(const ReportTable& table) {
  std::vector<std::size_t> widths(table.columns.size());
  for (std::size_t c = 0; c < widths.size(); ++c) {
    widths[c] = characters(table.columns[c]);
    for (const Row& row : table.rows) {
      widths[c] = std::max(widths[c], characters(row[c]));
    }
  }
  return widths;
}

std::string aligned(const Row& row, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t c = 0; c < row.size(); ++c) {
    line += std::string(widths[c] - characters(row[c]) + (c > 0 ? 2 : 0), ' ') +
            row[c];
  }
  return line + "\n";
}

std::string cells(const Row& row) {
  std::string line = "|";
  for (const std::string& cell : row) {
    std::string text;
    for (const char c : cell) {
      text += c == '|' ? "\\|" : std::string(1, c);
    }
    line += " " + text + " |";
  }
  return line + "\n";
}

}  // namespace

std::string as_text(const ReportTable& table) {
  const auto widths = widths_of(table);
  std::string text = table.title + "\n" + aligned(table.columns, widths);
  for (const Row& row : table.rows) {
    text += aligned(row, widths);
  }
  return text;
}

std::string as_markdown(const ReportTable& table) {
  std::string text = table.title + "\n\n" + cells(table.columns) +
                     cells(Row(table.columns.size(), "---:"));
  for (const Row& row : table.rows) {
    text += cells(row);
  }
  return text;
}

}  // namespace convoy
